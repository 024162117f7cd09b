import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";

/** The files that name a machine's name servers; systemd-resolved's first, as it then hides them from the other. */
const ownFiles = ["/run/systemd/resolve/resolv.conf", "/etc/resolv.conf"] as const;

/** An IPv4 address that is not the machine's own: pods have no IPv6, and a loopback address is theirs, not the machine's. */
const usable = String.raw`$1 == "nameserver" && $2 ~ /^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$/ && $2 !~ /^(127\.|0\.)/ && !seen[$2]++ { print $2 }`;

/**
 * Prints the name servers that pods can ask, at most three, which is as many as the kubelet takes. If the machine names
 * none: those that the comment of an engine's own resolver names, else the gateway.
 */
export const podServers = (files: readonly string[] = ownFiles): Command => sh`
  servers=$(cat ${files} 2>/dev/null | awk ${usable} | head -n 3)
  [ -n "$servers" ] || servers=$(sed -n 's/^# ExtServers: //p' ${files} 2>/dev/null | grep -oE '[0-9]+(\.[0-9]+){3}' | grep -v '^127\.' | head -n 3)
  [ -n "$servers" ] || servers=$(ip -4 route show default | awk '{ print $3 }' | head -n 1)
  [ -z "$servers" ] || echo "$servers"`;

/** One question to a name server by UDP: the root's servers (RFC 1035). Any answer counts, also a refusal. */
const question = String.raw`exec 3<>"/dev/udp/$0/53" && printf '\001\002\001\000\000\001\000\000\000\000\000\000\000\000\002\000\001' >&3 && timeout 1 head -c 1 <&3 | grep -q . && echo "answers $0"`;

/**
 * Asks the servers of a file (`given`) and those that pods could be given now (`other`), and prints which answer:
 * `given answers 192.0.2.1`.
 */
export const askServers = (file: string, files: readonly string[] = ownFiles): Command => sh`
  ask() { for server in $2; do bash -c ${question} "$server" 2>/dev/null | sed "s/^/$1 /" & done; }
  ask given "$(awk '$1 == "nameserver" { print $2 }' ${file} 2>/dev/null)"
  ask other "$(${podServers(files)})"
  wait
  true`;

/** What is wrong with the servers that pods are given; nothing if no other ones answer either, as without a network. */
export function serverDifferences(file: string, given: Output, asked: Output): string[] {
  if (given.code !== 0) return [`${file} is missing`];
  const servers = given.stdout.split("\n").flatMap((line) => /^nameserver +(\S+)/.exec(line)?.[1] ?? []);
  if (!servers.some((server) => /^\d+(\.\d+){3}$/.test(server) && !server.startsWith("127.")))
    return [`${file} lists no name server that pods can reach: ${servers.join(", ") || "none at all"}`];
  const answering = (which: string): string[] =>
    asked.stdout
      .split("\n")
      .flatMap((line) => (line.startsWith(`${which} answers `) ? line.slice(which.length + 9) : []));
  const others = answering("other");
  return answering("given").length > 0 || others.length === 0
    ? []
    : [
        `none of the name servers that pods are given answers (${servers.join(", ")}), and ${others.join(", ")} would`,
      ];
}
