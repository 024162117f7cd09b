import { knownHostsName, parseKeyLines } from "./host-keys.ts";
import type { Access } from "./types.ts";

/** A machine as plain OpenSSH is to know it. */
export interface Reachable {
  name: string;
  /** Where other machines reach it. */
  address: string;
  access: Access;
  /** The machine that is jumped through. */
  via?: string | undefined;
}

/** What ends the lines that we wrote into a known_hosts file, where a comment stands: sshd(8). */
const mark = "labwright";

/**
 * The text of a known_hosts file with the keys of all machines that are known beforehand. Lines that are not ours, such
 * as keys that were pinned at first sight, stay.
 */
export function knownHostsText(machines: readonly Reachable[], before: string): string {
  const theirs = before.split("\n").filter((line) => line !== "" && !line.endsWith(` ${mark}`));
  const ours = machines.flatMap(({ name, address, access: { host, port, hostKeys = [] } }) => {
    const names = [...new Set([name, address, knownHostsName(host, port)])].join(",");
    return parseKeyLines(hostKeys).map(({ type, base64 }) => `${names} ${type} ${base64} ${mark}`);
  });
  return [...theirs, ...ours, ""].join("\n");
}

export interface SshConfig {
  lab: string;
  machines: readonly Reachable[];
  /** Absolute paths. */
  identityFile: string;
  knownHostsFile: string;
}

/**
 * `Host` blocks for ssh_config(5), by which plain OpenSSH reaches each machine as labwright does, under its name and
 * under `<lab>.<machine>`, which stays the machine's own where several labs are included.
 */
export function sshConfigText({ lab, machines, identityFile, knownHostsFile }: SshConfig): string {
  const blocks = machines.map(({ name, access, via }) =>
    [
      `Host ${lab}.${name} ${name}`,
      `  HostName ${access.host}`,
      `  Port ${access.port}`,
      `  User ${access.user}`,
      ...(access.privateKey === undefined
        ? []
        : [`  IdentityFile "${identityFile}"`, "  IdentitiesOnly yes"]),
      `  UserKnownHostsFile "${knownHostsFile}"`,
      "  StrictHostKeyChecking yes",
      ...(via === undefined ? [] : [`  ProxyJump ${lab}.${via}`]),
    ].join("\n"),
  );
  return `${blocks.join("\n\n")}\n`;
}
