import type { Activity } from "../../engine/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { connectWhenUp } from "../../hosts/ssh.ts";
import type { Found } from "../types.ts";

/** Waits until a new server answers over SSH and cloud-init has done all that it was told. Throws `machine-never-booted`. */
export async function waitForBoot(
  found: Found,
  seconds: number,
  activity: Activity,
  signal: AbortSignal,
): Promise<void> {
  await activity.child(
    "machine",
    `boot ${found.name}`,
    async (child, end) => {
      const note = (text: string) => child.note(text);
      const host = await connectWhenUp(found.name, found.access, { seconds, note, signal }).catch(
        (error: unknown) => {
          throw neverBooted(found.name, seconds, error);
        },
      );
      try {
        child.note("waiting for cloud-init");
        await host.run(sh`! command -v cloud-init >/dev/null || cloud-init status --wait`, {
          accept: "any",
          timeout: seconds * 1000,
        });
      } finally {
        await host.close();
      }
      end({ outcome: "changed" });
    },
    { machine: found.name },
  );
}

/** A login that is refused, or another host key than ours, is what it is. */
function neverBooted(machine: string, seconds: number, cause: unknown): unknown {
  const isSilent = cause instanceof LabwrightError && ["ssh-refused", "ssh-timeout"].includes(cause.code);
  if (!isSilent) return cause;
  return new LabwrightError({
    code: "machine-never-booted",
    message: `${machine} is there, but its sshd has not answered for ${seconds} s`,
    remedy:
      "look at its console in the cloud; if this computer's address is not in `allowFrom`, add it; or take the lab down and make it again",
    cause,
  });
}
