import { knownHostsName, parseKeyLines } from "./host-keys.ts";
import type { Access } from "./types.ts";

/** A machine for plain OpenSSH. */
export interface Reachable {
  name: string;
  /** Where other machines reach it. */
  address: string;
  access: Access;
  /** The jump host. */
  via?: string | undefined;
  /** The person's own name for an existing host, which their configuration may have settings for. */
  named?: string | undefined;
}

/** The end of the lines that we wrote into a known_hosts file, in the place of a comment: sshd(8). */
const mark = "labwright";

/**
 * The text of a known_hosts file with the keys of all machines whose keys are known beforehand. Other lines, such
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
 * under `<lab>.<machine>`, which is unique if several labs are included. A name that the person configured
 * is left out, so that their configuration is used and not our older copy of it.
 */
export function sshConfigText({ lab, machines, identityFile, knownHostsFile }: SshConfig): string {
  const blocks = machines.map(({ name, access, via, named }) =>
    [
      `Host ${lab}.${name}${name === named ? "" : ` ${name}`}`,
      `  HostName ${access.host}`,
      `  Port ${access.port}`,
      `  User ${access.user}`,
      ...identityLines(access, identityFile),
      `  UserKnownHostsFile "${knownHostsFile}"`,
      "  StrictHostKeyChecking yes",
      ...jumpLines(access, via && `${lab}.${via}`),
    ].join("\n"),
  );
  return `${blocks.join("\n\n")}\n`;
}

function identityLines({ privateKey, identities }: Access, labKey: string): string[] {
  if (privateKey !== undefined) return [`  IdentityFile "${labKey}"`, "  IdentitiesOnly yes"];
  const files = identities?.files.filter((file) => file.privateKey ?? file.publicKey) ?? [];
  return [
    ...files.map(({ path }) => `  IdentityFile "${path.replaceAll("%", "%%")}"`),
    ...(identities?.only ? ["  IdentitiesOnly yes"] : []),
  ];
}

/** Jump hosts that are not machines of the lab are named by their addresses. */
function jumpLines(access: Access, machine: string | undefined): string[] {
  if (machine !== undefined) return [`  ProxyJump ${machine}`];
  const hops: string[] = [];
  for (let { via } = access; via !== undefined; via = via.via)
    hops.unshift(`${via.user}@${via.host.includes(":") ? `[${via.host}]` : via.host}:${via.port}`);
  return hops.length === 0 ? [] : [`  ProxyJump ${hops.join(",")}`];
}
