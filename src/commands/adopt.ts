import { join } from "node:path";
import { LabwrightError } from "../errors.ts";
import { assertNotInterrupted, unlessInterrupted } from "../interruption.ts";
import { adoptionOf, livingFolder, ownerPresent } from "../lab/adoption.ts";
import { adoptLabId, ensureLabId, labId, readLabId } from "../lab/identity.ts";
import { firstSet, makeLive, recordedSet, setRemedy } from "../lab/machine-set.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { type ConfirmedOptions, openSession, type Session } from "../session/session.ts";
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
    // First: whoever is killed after it adopts again.
    await findLiveSet(session);
    const adopted = id ?? (await ensureLabId(lab.name));
    await adoptLabId(lab.name, adopted);
    await provider.adopt(adopted);
    print("Adopted. Run `labwright up`, which gives the machines new logins.\n");
  });
}

/**
 * Which set people worked with was recorded in the folder that is lost: it is the one that runs, while spares are frozen. Throws
 * `machine-set-unknown` if that does not tell.
 */
async function findLiveSet({ lab, provider }: Session): Promise<void> {
  const sets = [...((await provider.sets?.list()) ?? [])].filter(([, states]) => states.length > 0);
  if ((await recordedSet(lab.name)) !== undefined || sets.every(([set]) => set === firstSet)) return;
  const running = sets.filter(([, states]) => states.includes("running"));
  const [set] = running.map(([name]) => name);
  if (set === undefined || running.length > 1) throw unknownSet(lab.name, sets);
  await makeLive(lab.name, set);
  print(`The lab's machines are those of its set ${set}, which run; the others are spares.\n`);
}

const unknownSet = (lab: string, sets: [string, readonly string[]][]): LabwrightError =>
  new LabwrightError({
    code: "machine-set-unknown",
    message: `the lab "${lab}" has several sets of machines, and it is not known which people work with: ${sets.map(([set, states]) => `${set} (${[...new Set(states)].join(", ")})`).join(", ")}`,
    remedy: setRemedy(lab),
  });
