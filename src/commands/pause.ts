import type { Activity } from "../activity/activity.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { suspendControllers } from "../kubernetes/suspended-controllers.ts";
import { isControlPlane } from "../lab/roles.ts";
import { assertWhole, connectInventory } from "../session/inventory.ts";
import { withLabLock } from "../session/lab-lock.ts";
import { type LabOptions, openSession, type Session, show } from "../session/session.ts";
import { print } from "../ui/print.ts";
import { count } from "../wording.ts";

const wayOn = "Run `labwright resume` to let the lab go on, or `labwright pause` again.";

/** Freezes the lab's machines: they take no processor time until `resume` or `up`, and keep their memory. */
export async function pause(options: LabOptions): Promise<void> {
  const session = await openSession(options);
  const { lab, provider } = session;
  assertPossible(session);
  await withLabLock(session, async () => {
    const { result } = await show(`pause ${lab.name}`, { ...options, wayOn }, async (activity) => {
      const running = await prepared(session, activity);
      if (running.length === 0) return 0;
      return activity.child("machine", "pause the machines", async (_, end) => {
        await provider.pause?.(running);
        end({ outcome: "changed", details: running });
        return running.length;
      });
    });
    if (options.json) return;
    print(
      result === 0
        ? "The lab is paused already.\n"
        : `Paused: ${count(result, "machine")}. \`labwright resume\` lets them go on.\n`,
    );
  });
}

/** Stops the controllers, and returns the names of the machines that run. No connection stays open: it could not be closed later. */
async function prepared({ lab, provider, signal }: Session, activity: Activity): Promise<string[]> {
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const running = inventory.found.filter((one) => one.running).map(({ name }) => name);
    if (inventory.found.every(({ paused }) => !paused)) assertWhole(inventory);
    const planes = lab.machines.filter((one) => isControlPlane(one) && running.includes(one.name));
    if (planes.length > 0)
      await activity.child("task", "stop the controllers", async () => {
        for (const { name } of planes)
          await (await inventory.host(name)).run(suspendControllers, { accept: "any" });
      });
    return running;
  } finally {
    await inventory.close();
  }
}

function assertPossible({ lab, provider }: Session): void {
  if (provider.pause) return;
  throw new LabwrightError({
    code: "pause-unsupported",
    message: `the lab "${lab.name}" cannot be paused: machines of the provider ${lab.provider} cannot be frozen`,
    remedy: "Machines of the providers docker and incus can be paused. `labwright down` removes the lab.",
    exit: exitCode.usage,
  });
}
