import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writePins } from "../hosts/host-keys.ts";
import { knownHostsText, sshConfigText } from "../hosts/openssh.ts";
import type { Access } from "../hosts/types.ts";
import { doorName } from "../lab/entrance.ts";
import type { Lab } from "../lab/types.ts";
import { writeWhole } from "../local/text-file.ts";
import { labFolder } from "../paths.ts";
import type { Enter } from "../providers/entrance-place.ts";
import type { MachineInfo } from "../providers/types.ts";

interface SshFiles {
  /** The text of ssh_config. */
  config: string;
  /** The new text of known_hosts, given the old one. */
  knownHosts(before: string): string;
}

/** How a machine is reached: through the lab's entrance, if it has one. */
export function accessBy(enter: Enter | undefined, { name, access }: MachineInfo): Access {
  const [host, port] = enter?.(doorName({ kind: "ssh", machine: name }))?.split(":") ?? [];
  return host === undefined || port === undefined ? access : { ...access, host, port: Number(port) };
}

/** What plain OpenSSH needs to reach a lab's machines. Pure. */
export function sshFiles(lab: Lab, found: readonly MachineInfo[], enter?: Enter): SshFiles {
  const folder = labFolder(lab.name);
  const machines = found.flatMap((one) => {
    const { name, address } = one;
    const machine = lab.machines.find((wanted) => wanted.name === name);
    const access = accessBy(enter, one);
    return machine ? [{ name, address, access, via: machine.via, named: machine.host }] : [];
  });
  const identityFile = join(folder, "id_ed25519");
  const knownHostsFile = knownHostsOf(lab);
  return {
    config: sshConfigText({ lab: lab.name, machines, identityFile, knownHostsFile }),
    knownHosts: (before) => knownHostsText(machines, before),
  };
}

const knownHostsOf = ({ name }: Lab): string => join(labFolder(name), "known_hosts");

/** Writes `known_hosts` and `ssh_config` into the lab's folder. The caller holds the lab's lock. */
export async function keepSshFiles(lab: Lab, found: readonly MachineInfo[], enter?: Enter): Promise<void> {
  const folder = labFolder(lab.name);
  const { config, knownHosts } = sshFiles(lab, found, enter);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  writePins(knownHostsOf(lab));
  await keep(knownHostsOf(lab), knownHosts);
  await keep(join(folder, "ssh_config"), () => config);
}

/** Replaces a file in one step if its text changes. */
async function keep(file: string, textAfter: (before: string) => string): Promise<void> {
  const before = await readFile(file, "utf8").catch(() => "");
  const text = textAfter(before);
  if (text === before) return;
  await writeWhole(file, text);
}
