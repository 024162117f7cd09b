import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { knownHostsText, sshConfigText } from "../../hosts/openssh.ts";
import type { Lab } from "../../lab/types.ts";
import { labFolder } from "../../paths.ts";
import type { Found } from "../../providers/types.ts";

/** Writes `known_hosts` and `ssh_config` into the lab's folder, and answers the latter's text. */
export async function keepSshFiles(lab: Lab, found: readonly Found[]): Promise<string> {
  const folder = labFolder(lab.name);
  const knownHostsFile = join(folder, "known_hosts");
  const machines = found.flatMap(({ name, address, access }) => {
    const machine = lab.machines.find((one) => one.name === name);
    return machine ? [{ name, address, access, via: machine.via, named: machine.host }] : [];
  });
  const text = sshConfigText({
    lab: lab.name,
    machines,
    identityFile: join(folder, "id_ed25519"),
    knownHostsFile,
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await keep(knownHostsFile, (before) => knownHostsText(machines, before));
  await keep(join(folder, "ssh_config"), () => text);
  return text;
}

/** Replaces a file in one step where its text is to be another one. */
async function keep(file: string, textAfter: (before: string) => string): Promise<void> {
  const before = await readFile(file, "utf8").catch(() => "");
  const text = textAfter(before);
  if (text === before) return;
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
