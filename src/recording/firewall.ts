import { ofNetworks } from "../components/network/networks.ts";
import { type Command, lines, sh } from "../hosts/sh.ts";
import type { FoundItem, Item, Recorder } from "./types.ts";

/** Rules of kube-proxy, the kubelet, CNI, a pod network or a Docker engine follow what runs there. */
const followsOthers = new RegExp(
  [
    ...["[ :]KUBE-", "[ :]CNI-", "[ :]DOCKER(?!-USER)", "[io] docker0", "[io] br-[0-9a-f]{12}"],
    ...ofNetworks(({ kernel }) => kernel.chains.map((chain) => `[ :]${chain.replace(/^\^/, "")}`)),
    ...ofNetworks(({ kernel }) => kernel.links.map((link) => `[io] ${link.replace(/^\^/, "")}`)),
  ].join("|"),
);

const programs = ["iptables", "ip6tables"];

/** Rules, chains and policies that somebody set with iptables(8), in the form of iptables-save(8). */
export const firewallRecorder: Recorder = {
  owns: (kind) => kind.startsWith("firewall "),
  probe: sh`
    for one in ${programs}; do
      command -v $one-save >/dev/null || continue
      $one-save 2>/dev/null | grep -v '^#' | sed "s/^/$one /"
    done
    true`,
  read: (printed) => {
    let table = "";
    const counts = new Map<string, FoundItem>();
    for (const line of printed.split("\n")) {
      const [program = "", ...rest] = line.split(" ");
      const text = rest.join(" ");
      if (text.startsWith("*")) table = text.slice(1);
      const found = foundIn(`${program} ${table}`, text);
      // A comment is anybody's to write.
      if (!found || followsOthers.test(text.replace(/--comment ("[^"]*"|\S+)/g, ""))) continue;
      const known = counts.get(`${found.kind} ${found.name}`);
      counts.set(`${found.kind} ${found.name}`, known ? { ...found, value: `${known.value} again` } : found);
    }
    return [...counts.values()];
  },
  remove: (items) =>
    lines([
      ...restoring(ofKind(items, "rule"), (text) => `-D ${text}`),
      ...ofKind(items, "chain")
        .map(placed)
        .flatMap(({ program, table, text }) => [
          sh`${program} -w -t ${table} -F ${text}`,
          sh`${program} -w -t ${table} -X ${text}`,
        ]),
    ]),
  // Chains first: rules may be in them.
  putBack: (items) =>
    lines([
      ...restoring(ofKind(items, "chain"), (text) => `:${text} - [0:0]`),
      ...restoring(ofKind(items, "policy"), (text, { value }) => `:${text} ${value} [0:0]`),
      ...restoring(ofKind(items, "rule"), (text) => `-A ${text}`),
    ]),
};

const ofKind = <T extends Item>(items: readonly T[], kind: string): T[] =>
  items.filter((item) => item.kind === `firewall ${kind}`);

function foundIn(place: string, text: string): FoundItem | undefined {
  const [, chain, policy] = /^:(\S+) (\S+)/.exec(text) ?? [];
  if (chain !== undefined && policy !== undefined)
    return policy === "-"
      ? { kind: "firewall chain", name: `${place} ${chain}`, value: "there" }
      : { kind: "firewall policy", name: `${place} ${chain}`, value: policy };
  if (!text.startsWith("-A ")) return undefined;
  return { kind: "firewall rule", name: `${place} ${text.slice(3)}`, value: "there" };
}

function placed({ name }: Item): { program: string; table: string; text: string } {
  const [program = "", table = "", ...text] = name.split(" ");
  return { program, table, text: text.join(" ") };
}

/** Gives iptables-restore(8), which changes nothing else of a table, a line for each item. */
function restoring<T extends Item>(
  items: readonly T[],
  lineOf: (text: string, item: T) => string,
): Command[] {
  return items.map((item) => {
    const { program, table, text } = placed(item);
    const input = [`*${table}`, lineOf(text, item), "COMMIT", ""].join("\n");
    return sh`printf %s ${input} | ${program}-restore --noflush`;
  });
}
