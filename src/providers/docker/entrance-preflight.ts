import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import { LabwrightError } from "../../errors.ts";
import { isLoopback } from "../../lab/entrance.ts";
import type { Entrance } from "../../lab/types.ts";
import { listenProblem } from "../../local/listen.ts";
import { listed } from "../../wording.ts";
import type { Reach } from "./reach.ts";

/** Whether the ports that the engine publishes are this computer's own, so that it can be asked which are free. */
const isLocal = (reach: Reach): boolean =>
  reach.kind === "direct" || (reach.kind === "published" && isLoopback(reach.host));

/** Which of the ports another program has, as far as this computer can tell. */
async function takenOf(reach: Reach, listen: string, ports: readonly number[]): Promise<number[]> {
  if (!isLocal(reach)) return [];
  const problems = await Promise.all(ports.map((port) => listenProblem(listen, port)));
  return ports.filter((_, index) => problems[index] === "taken");
}

/** Whether all of the ports are free, as far as this computer can tell. */
export const areFree = async (reach: Reach, listen: string, ports: readonly number[]): Promise<boolean> =>
  (await takenOf(reach, listen, ports)).length === 0;

/** Throws an error with place and remedy if the entrance cannot listen there. Changes nothing. */
export async function assertPlace(reach: Reach, { listen, name }: Entrance): Promise<void> {
  if (!isLocal(reach)) {
    if (isLoopback(listen)) throw unreachable(reach, listen);
  } else if ((await listenProblem(listen, 0)) === "no-address") throw notOurs(listen);
  if (name !== undefined) await assertKnown(name);
}

/** Throws `entrance-port-taken` if a program has one of the ports. */
export async function assertPortsFree(reach: Reach, listen: string, ports: readonly number[]): Promise<void> {
  const taken = await takenOf(reach, listen, ports);
  if (taken.length > 0) throw portTaken(listen, taken);
}

export const portTaken = (listen: string, ports: readonly number[]): LabwrightError =>
  new LabwrightError({
    code: "entrance-port-taken",
    message: `the entrance cannot listen at ${listedPorts(listen, ports)}: another program does`,
    remedy: `Stop that program (\`ss -ltnp sport = :${ports[0]}\` names it), or give the lab file other ports: \`entrance: { firstPort: 40000 }\`.`,
  });

const listedPorts = (listen: string, ports: readonly number[]): string =>
  listed(ports.map((port) => `${listen}:${port}`));

const notOurs = (listen: string): LabwrightError => {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ family, address }) => (family === "IPv4" ? [address] : []));
  return new LabwrightError({
    code: "entrance-address",
    message: `the entrance cannot listen at ${listen}: this computer does not have that address`,
    remedy: `Give \`entrance.listen\` one of its addresses in the lab file: ${own.join(", ")}.`,
  });
};

const unreachable = (reach: Reach, listen: string): LabwrightError =>
  new LabwrightError({
    code: "entrance-address",
    message: `the entrance would listen at ${listen} of the computer that the Docker engine runs on${reach.kind === "published" ? ` (${reach.host})` : ""}, which this computer does not reach`,
    remedy:
      "Give the lab file an address of that computer: `entrance: { listen: 192.0.2.10 }`, with its own address there.",
  });

async function assertKnown(name: string): Promise<void> {
  try {
    await lookup(name);
  } catch (cause) {
    throw new LabwrightError({
      code: "entrance-name",
      message: `this computer does not know the name ${name} of the entrance, which its kubeconfig would ask for`,
      remedy: "Enter the name into DNS or /etc/hosts, or delete `entrance.name` from the lab file.",
      cause,
    });
  }
}
