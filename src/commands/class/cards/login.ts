import { join } from "node:path";
import { quoted } from "../../../hosts/sh.ts";
import { takesPasswords } from "../../../lab/accounts.ts";
import { isControlPlane } from "../../../lab/roles.ts";
import type { Lab, Machine } from "../../../lab/types.ts";
import { labFolder } from "../../../paths.ts";
import type { Credentials } from "../../../providers/credentials.ts";
import type { Enter } from "../../../providers/entrance-place.ts";
import type { MachineInfo } from "../../../providers/types.ts";
import { accessBy } from "../../../session/ssh-files.ts";

/** The machine at which students begin: the jump host, else the control plane, else the first one. */
export const entryMachine = ({ machines }: Pick<Lab, "machines">): Machine | undefined =>
  machines.find(({ role }) => role === "jump-host") ?? machines.find(isControlPlane) ?? machines[0];

/**
 * The command that logs in to the entry machine: with a password if that machine takes one, from every computer that reaches it; else
 * with the lab's key, which is on this computer. Undefined if the machine does not exist.
 */
export function sshCommand(
  lab: Lab,
  found: readonly MachineInfo[],
  { credentials, enter }: { credentials: Credentials; enter?: Enter | undefined },
): string | undefined {
  const machine = entryMachine(lab);
  const info = found.find(({ name }) => name === machine?.name);
  if (!machine || !info) return undefined;
  const { host, port, via } = accessBy(enter, info);
  const user = passwordUser(machine, credentials);
  if (user === undefined || via) {
    const config = join(labFolder(lab.name), "ssh_config");
    return `ssh -F ${quoted(config)} ${quoted(`${lab.name}.${machine.name}`)}`;
  }
  return ["ssh", ...(port === 22 ? [] : [`-p ${port}`]), quoted(`${user}@${host}`)].join(" ");
}

/** A further account of the machine, which is a student's, before the login user. */
function passwordUser(machine: Machine, credentials: Credentials): string | undefined {
  if (!takesPasswords(machine)) return undefined;
  const users = [...(machine.users ?? []).map(({ name }) => name), machine.user];
  return users.find((user) => Object.hasOwn(credentials[machine.name] ?? {}, user));
}
