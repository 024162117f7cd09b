import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { type MachineSet, setName } from "../../lab/machine-set.ts";
import type { Lab } from "../../lab/types.ts";
import { isolationLack } from "../machine/lack.ts";
import { type Docker, label, labelFlags, nameTaken } from "./docker.ts";
import type { GuardResource, Resources } from "./resources.ts";

/** A machine's name has no dot, so no machine's container has this name. */
const containerName = (set: MachineSet): string => `labwright-${setName(set)}.guard.iptables`;

/** In the container, once the rules are there. */
const ready = "/run/labwright-guard";

/**
 * Keeps the rules there for as long as it runs, also when a firewall's service sets up all its rules again, and removes them when it
 * is stopped. Answers pass, and so does what is not tracked, such as the discovery of neighbours.
 */
const script = (bridge: string): string => `
rm -f ${ready}
rule="INPUT -i ${bridge} -m conntrack --ctstate NEW -m comment --comment labwright -j REJECT"
remove() { for one in "$@"; do while "$one" -w -D $rule 2>/dev/null; do :; done; done; }
trap 'remove "$@"; exit 0' TERM INT
set --
for one in iptables iptables-legacy; do "$one" -w -S INPUT >/dev/null 2>&1 && set -- "$one" && break; done
[ "$#" -gt 0 ] || { echo 'the kernel has no iptables' >&2; exit 1; }
[ ! -e /proc/net/if_inet6 ] || set -- "$1" "\${1/ip/ip6}"
while :; do
  for one in "$@"; do "$one" -w -C $rule 2>/dev/null || "$one" -w -I $rule || exit 1; done
  : >${ready}
  sleep 10 & wait $!
done`;

/** As Docker names the bridge of a network. */
const bridgeOf = (network: string): string => `br-${network.slice(0, 12)}`;

type Guarded = Pick<Resources, "guards" | "networks">;

/** Why the guard has to be changed, in words after the name of a machine; undefined if it is right. */
export function guardLack(lab: Pick<Lab, "isolated">, { guards, networks }: Guarded): string | undefined {
  const bridges = networks.map(({ engineId }) => bridgeOf(engineId));
  const guarding = guards.filter(({ state, bridge }) => state === "running" && bridges.includes(bridge));
  // One that was killed may have left its rules.
  return isolationLack(lab, lab.isolated ? guarding.length > 0 : guards.length > 0);
}

/** Starts the guard of an isolated lab, or removes that of one that is not any more. Throws `isolation-failed`. */
export async function keepGuard(
  docker: Docker,
  lab: Lab,
  { image, labels, ...has }: Guarded & { image: string; labels: Readonly<Record<string, string>> },
): Promise<void> {
  if (guardLack(lab, has) === undefined) return;
  for (const one of has.guards) await removeGuard(docker, one);
  const [network] = has.networks;
  if (!lab.isolated || !network) return;
  const name = containerName(lab);
  if (await docker.has("container", name)) throw nameTaken("container", name);
  const bridge = bridgeOf(network.engineId);
  const flags = [
    ...["--name", name, "--hostname", "guard", "--restart", "unless-stopped", "--network", "host"],
    ...labelFlags({ ...labels, [label.guard]: bridge }),
    ...["--cap-drop", "ALL", "--cap-add", "NET_ADMIN", "--cap-add", "NET_RAW"],
    ...["--security-opt", "no-new-privileges", "--stop-signal", "TERM", "--entrypoint", "/bin/bash"],
  ];
  await docker.run(sh`run --detach ${flags} ${image} -c ${script(bridge)}`);
  await untilReady(docker, name).catch(async (error: unknown) => {
    const output = await docker.run(sh`logs ${name} 2>&1`, { accept: "any" });
    throw failed(lab, output, error);
  });
}

const waiting = sh`for n in $(seq 50); do [ ! -e ${ready} ] || exit 0; sleep 0.1; done; exit 1`;

const untilReady = (docker: Docker, container: string): Promise<string> =>
  docker.run(sh`exec ${container} bash -c ${waiting.reveal()}`);

/**
 * Removes a guard with its rules. One that does not run, as after it was killed, has left them: it is started once more, and stopped
 * when it has set them up, unless it cannot.
 */
export async function removeGuard(
  docker: Docker,
  { engineId, state }: Pick<GuardResource, "engineId" | "state">,
): Promise<void> {
  if (state !== "running") {
    await docker.run(sh`start ${engineId}`);
    await untilReady(docker, engineId).catch(() => {});
  }
  await docker.run(sh`stop ${engineId}`);
  await docker.run(sh`rm --force --volumes ${engineId}`);
}

const failed = ({ name }: Lab, output: string, cause: unknown): LabwrightError =>
  new LabwrightError({
    code: "isolation-failed",
    message: `the machines of the lab "${name}" cannot be kept from the computer that runs the engine`,
    remedy: "Remove that cause, or `network.isolated` from the lab file.",
    output,
    cause,
  });
