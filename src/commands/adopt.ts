import { join } from "node:path";
import { assertNotInterrupted, unlessInterrupted } from "../interruption.ts";
import { adoptionOf, livingFolder, ownerPresent } from "../lab/adoption.ts";
import { adoptLabId, ensureLabId, labId, readLabId } from "../lab/identity.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { type ConfirmedOptions, openSession } from "../session/session.ts";
import { isConfirmed } from "../ui/confirm.ts";
import { print } from "../ui/print.ts";

export interface AdoptOptions extends ConfirmedOptions {
  /** Adopts a lab although its owner's folder is still there. */
  force?: boolean;
}

/**
 * Stores the id of existing resources under the lab's name in this folder: the lab's folder was lost, or an older labwright
 * created them. Shows what it will take and who owns it, and asks first.
 */
export async function adopt(options: AdoptOptions): Promise<void> {
  const session = await openSession(options);
  const { lab, provider, signal } = session;
  await withLabLock(session, async () => {
    const claims = await unlessInterrupted(signal, provider.claims());
    const adoption = adoptionOf(lab.name, await labId(lab.name), claims);
    const { foreign, id, owners } = adoption;
    if (foreign.length === 0) return print("There is nothing to adopt.\n");
    const living = await livingFolder(adoption, (folder) => readLabId(join(folder, "id")));
    if (living !== undefined && !options.force) throw ownerPresent(living);
    print(
      `The lab "${lab.name}" of ${owners.join(" and ") || "an older labwright"}:\n${foreign.map(({ what }) => `  ${what}\n`).join("")}`,
    );
    const isWanted = await isConfirmed({
      question: `Adopt the lab "${lab.name}"?`,
      yes: options.yes,
      cannot: {
        code: "adopt-unconfirmed",
        message: "cannot ask whether to adopt the lab",
        remedy: "Read the list above, then run `labwright adopt --yes`.",
      },
    });
    if (!isWanted) return print("Nothing was changed.\n");
    assertNotInterrupted(signal);
    const adopted = id ?? (await ensureLabId(lab.name));
    await adoptLabId(lab.name, adopted);
    await provider.adopt(adopted);
    print("Adopted. Run `labwright up`, which gives the machines new logins.\n");
  });
}
