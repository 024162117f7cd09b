import { exitCode, LabwrightError } from "../../errors.ts";
import type { Session } from "../../session/session.ts";

/** Throws (exit code 2) if the lab's machines belong to somebody else: they are never reset as a whole. */
export function assertOwn({ lab, provider }: Session): void {
  if (!provider.machinesStay) return;
  throw new LabwrightError({
    code: "machine-not-ours",
    message: `the lab "${lab.name}" has no baseline: its hosts existed before it and belong to their owner`,
    remedy:
      "Reset what an exercise made with `labwright exercise reset NAME`, or give the hosts back with `labwright down`.",
    exit: exitCode.usage,
  });
}
