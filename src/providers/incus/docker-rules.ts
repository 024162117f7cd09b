import { localHost } from "../../hosts/local.ts";
import { type Command, lines, sh } from "../../hosts/sh.ts";

/** As `networkName` begins. */
const anyLab = "lw-+";

/**
 * Among the machines of a lab, answers, and what they ask for elsewhere, but in no other lab: whether something there may reach them
 * is for that lab's access rules to say.
 */
const exceptions = (network: string): string[][] => [
  ["-i", network, "-o", network],
  ["-o", network, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"],
  ["-i", network, "!", "-o", anyLab],
];

/** As an older labwright made them. */
const formerExceptions = (network: string): string[][] => ["-i", "-o"].map((side) => [side, network]);

const ours = ["-m", "comment", "--comment", "labwright", "-j", "ACCEPT"];

/**
 * Docker drops what is forwarded and not its own, also between machines of one bridge if the kernel filters
 * bridges (net.bridge.bridge-nf-call-iptables). Its chain DOCKER-USER is the place for exceptions.
 */
export async function passDocker(network: string): Promise<void> {
  const adds = exceptions(network).map(
    (rule) => sh`
    iptables -w -C DOCKER-USER ${[...rule, ...ours]} || iptables -w -I DOCKER-USER ${[...rule, ...ours]}`,
  );
  await localHost().run(
    lines([
      sh`command -v iptables && iptables -w -n -L DOCKER-USER || exit 0`,
      ...removals(formerExceptions(network)),
      ...adds,
    ]),
    { accept: "any" },
  );
}

/** Removes what `passDocker` added. */
export async function forgetDocker(network: string): Promise<void> {
  const all = [...exceptions(network), ...formerExceptions(network)];
  await localHost().run(lines([sh`command -v iptables || exit 0`, ...removals(all)]), { accept: "any" });
}

const removals = (rules: readonly string[][]): Command[] =>
  rules.map((rule) => sh`while iptables -w -D DOCKER-USER ${[...rule, ...ours]}; do :; done`);
