import { LabwrightError } from "../../errors.ts";
import type { Lab } from "../../lab/types.ts";
import type { Engine } from "./engine.ts";

/** Throws with the reason if a server cannot run a lab. */
export function assertCarries({ facts }: Engine, { incus }: Lab): void {
  if (incus?.type === "virtual-machine")
    throw new LabwrightError({
      code: "virtual-machines-missing",
      message: /qemu/.test(facts.driver)
        ? "labwright has no image for virtual machines on Incus yet"
        : "this Incus server cannot run virtual machines: it needs /dev/kvm, the kernel module vhost_vsock, and QEMU",
      remedy: "Remove `type: virtual-machine` from the lab file: machines are then system containers.",
    });
}
