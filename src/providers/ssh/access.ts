import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { LabwrightError } from "../../errors.ts";
import type { Access } from "../../hosts/types.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { labFolder } from "../../paths.ts";

/** The keys that OpenSSH tries by itself, in its order: ssh_config(5), IdentityFile. */
const identities = ["id_ed25519", "id_ecdsa", "id_rsa"];

/** The person's own key; undefined where an agent is there to be asked. */
async function ownKey(): Promise<string | undefined> {
  if (process.env.SSH_AUTH_SOCK) return undefined;
  for (const name of identities) {
    const text = await readFile(join(homedir(), ".ssh", name), "utf8").catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** How this computer reaches each machine of the lab file, by its name, jump hosts included. Connects to nothing. */
export async function accessOf(lab: Lab): Promise<Map<string, Access>> {
  const privateKey = await ownKey();
  const known = new Map<string, Access>();

  function access(machine: Machine): Access {
    const made = known.get(machine.name);
    if (made) return made;
    const [host = "", port = "22"] = (machine.host ?? machine.name).split(":");
    const via = lab.machines.find(({ name }) => name === machine.via);
    const fresh: Access = {
      host,
      port: Number(port),
      user: machine.user,
      ...(privateKey !== undefined && { privateKey }),
      knownHosts: join(labFolder(lab.name), "known_hosts"),
      sudo:
        machine.sudo === "password"
          ? { kind: "password", password: passwordOf(machine) }
          : { kind: machine.sudo },
      ...(via && { via: access(via) }),
    };
    known.set(machine.name, fresh);
    return fresh;
  }

  for (const machine of lab.machines) access(machine);
  return known;
}

function passwordOf({ name, user }: Machine): string {
  const password = process.env.LABWRIGHT_SUDO_PASSWORD;
  if (password !== undefined) return password;
  throw new LabwrightError({
    code: "sudo-password",
    message: `${name}: the lab file says that sudo asks ${user} for a password, and there is none`,
    remedy: "put it into the environment variable LABWRIGHT_SUDO_PASSWORD",
  });
}
