import type { Activity } from "../activity/activity.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { freeze } from "../session/freeze.ts";
import { assertWhole } from "../session/inventory.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { type LabOptions, openSession, type Session, show } from "../session/session.ts";
import { print } from "../ui/print.ts";
import { count } from "../wording.ts";

const wayOn = "Run `labwright resume` to let the lab go on, or `labwright pause` again.";

/** Freezes the lab's machines: they take no processor time until `resume` or `up`, and keep their memory. */
export async function pause(options: LabOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  assertPausable(session);
  await withLabLock(session, async () => {
    const { result } = await show(`pause ${lab.name}`, { ...options, wayOn }, (activity) =>
      pauseLab(session, activity),
    );
    if (options.json) return;
    print(
      result.length === 0
        ? "The lab is paused already.\n"
        : `Paused: ${count(result.length, "machine")}. \`labwright resume\` lets them go on.\n`,
    );
  });
}

/** Freezes the machines, and returns their names; none if they were frozen. The caller holds the lab's lock. */
export const pauseLab = (session: Session, activity: Activity): Promise<string[]> =>
  freeze(session, activity, (inventory) => {
    if (inventory.found.every(({ paused }) => !paused)) assertWhole(inventory);
  });

/** Throws `pause-unsupported` (exit code 2) if the provider's machines cannot be frozen. */
export function assertPausable({ lab, provider }: Session): void {
  if (provider.pause) return;
  throw new LabwrightError({
    code: "pause-unsupported",
    message: `the lab "${lab.name}" cannot be paused: machines of the provider ${lab.provider} cannot be frozen`,
    remedy: "Machines of the providers docker and incus can be paused. `labwright down` removes the lab.",
    exit: exitCode.usage,
  });
}
