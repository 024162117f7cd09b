import { readFile } from "node:fs/promises";
import { connectWhenUp } from "../../hosts/ssh.ts";
import type { Access } from "../../hosts/types.ts";
import { giveLogins, type Logins } from "../machine/logins.ts";
import type { CreateRequest } from "../types.ts";
import type { Notes } from "./notes.ts";
import type { Door } from "./vagrant.ts";

export interface Giving {
  name: string;
  /** Its user is root, or becomes root without a password: Vagrant itself needs that. */
  door: Door;
  notes: Notes;
  logins: Logins;
}

/** Gives a machine its logins over Vagrant's own way in, and writes that down. The first host key seen there is pinned. */
export async function giveOver(
  { name, door: { host, port, user, identity }, notes, logins }: Giving,
  { activity, signal }: Pick<CreateRequest, "activity" | "signal">,
): Promise<void> {
  const { hostKeys, knownHosts } = notes;
  const access: Access = {
    host,
    port,
    user,
    privateKey: await readFile(identity, "utf8"),
    ...(hostKeys.length > 0 ? { hostKeys } : { knownHosts }),
    sudo: user === "root" ? { kind: "none" } : { kind: "passwordless" },
  };
  await activity.child(
    "machine",
    `logins of ${name}`,
    async (child, end) => {
      const note = (text: string) => child.note(text);
      const machine = await connectWhenUp(name, access, { seconds: 60, note, signal });
      try {
        await machine.run(giveLogins(logins));
      } finally {
        await machine.close();
      }
      await notes.given(logins);
      end({ outcome: "changed" });
    },
    { machine: name },
  );
}
