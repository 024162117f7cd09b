import { exitCode, LabwrightError } from "../../errors.ts";
import { choose } from "../../lab/nearest.ts";
import { type LabOptions, openSession, show } from "../../session/session.ts";
import { withChoice, withSpares } from "../../session/spares-lock.ts";
import { extraSpares, forgetSpare, noteExtraSpares } from "../../spares/record.ts";
import { print } from "../../ui/print.ts";
import { count, listed } from "../../wording.ts";
import { removeSet } from "./refill.ts";
import { setsOf, sparesOf } from "./shared.ts";

const wayOn = "Run `labwright spare drop` again.";

/** Deletes one of the lab's spares, or all. The machines that people work with are none. */
export async function spareDrop(name: string | undefined, options: LabOptions): Promise<void> {
  const session = await openSession({ ...options, startsEngine: true });
  const { lab } = session;
  const sets = setsOf(session);
  const { result } = await withSpares(lab.name, () =>
    show(`spare drop ${lab.name}`, { ...options, wayOn }, async (activity) => {
      const dropped = await withChoice(lab.name, async () => {
        const known = (await sparesOf(lab, sets)).spares.map(({ set }) => set);
        if (name !== undefined && !known.includes(name)) throw absent(name, known);
        const chosen = name === undefined ? known : [name];
        await noteExtraSpares(lab.name, name === undefined ? 0 : (await extraSpares(lab.name)) - 1);
        for (const set of chosen) await forgetSpare(lab.name, set);
        return chosen;
      });
      for (const set of dropped) await removeSet(session, sets, set, activity);
      return dropped;
    }),
  );
  if (options.json) return;
  print(
    result.length > 0
      ? `Removed: ${count(result.length, "spare")} (${listed(result)}).\n`
      : "There is no spare.\n",
  );
  if ((lab.spares ?? 0) > 0)
    print(`The lab file has \`spares: ${lab.spares}\`: \`labwright up\` makes them again.\n`);
}

const absent = (name: string, known: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "no-spare",
    message: `the lab has no spare "${name}"`,
    remedy: known.length === 0 ? "Make one with `labwright spare add`." : choose(name, known),
    exit: exitCode.usage,
  });
