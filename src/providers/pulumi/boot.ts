import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { connectWhenUp } from "../../hosts/ssh.ts";
import type { Access } from "../../hosts/types.ts";
import type { Place } from "../access.ts";
import { giveLogins, type Logins } from "../machine/logins.ts";
import type { CreateRequest } from "../types.ts";

export interface Boot {
  name: string;
  access: Access;
  /** How long its sshd, and then cloud-init, may take. */
  seconds: number;
  /** What to set up once it is up, over an access as root. */
  logins: Logins | undefined;
}

/** Our own login, which cloud-init sets up: root at the server's public address, with the lab's key. */
export const rootAccess = (
  { host, port, hostKeys = [] }: Place,
  { privateKey }: { privateKey: string },
): Access => ({ host, port, hostKeys, user: "root", privateKey, sudo: { kind: "none" } });

/**
 * Waits until a server answers over SSH and cloud-init has finished, and sets its logins.
 * Throws `machine-never-booted` or `machine-closed`.
 */
export async function boot(
  { name, access, seconds, logins }: Boot,
  { activity, signal }: Pick<CreateRequest, "activity" | "signal">,
): Promise<void> {
  await activity.child(
    "machine",
    `boot ${name}`,
    async (child, end) => {
      const note = (text: string) => child.note(text);
      const host = await connectWhenUp(name, access, { seconds, note, signal }).catch((error: unknown) => {
        throw explained(error, { name, access, seconds, logins });
      });
      try {
        child.note("waiting for cloud-init");
        await host.run(sh`! command -v cloud-init >/dev/null || cloud-init status --wait`, {
          accept: "any",
          timeout: seconds * 1000,
        });
        if (logins) await host.run(giveLogins(logins));
      } finally {
        await host.close();
      }
      end({ outcome: "changed" });
    },
    { machine: name },
  );
}

/** A refused login, or another host key than ours, will not change by waiting. */
function explained(cause: unknown, { name, seconds, logins }: Boot): unknown {
  if (!(cause instanceof LabwrightError)) return cause;
  if (["ssh-refused", "ssh-timeout"].includes(cause.code))
    return new LabwrightError({
      code: "machine-never-booted",
      message: `${name} exists, but its sshd has not answered for ${seconds} s`,
      remedy:
        "Look at its console in the cloud and check that `allowFrom` in the lab file includes this computer's address; or run `labwright down`, then `labwright up`.",
      cause,
    });
  if (cause.code === "ssh-auth" && logins)
    return new LabwrightError({
      code: "machine-closed",
      message: `cannot change the logins of ${name}: root can no longer log in`,
      remedy:
        "Restore the lab's key, credentials.json, and the machine's user and sudo in the lab file; or delete the server in the cloud's console, then run `labwright up`, which creates it again.",
      cause,
    });
  return cause;
}
