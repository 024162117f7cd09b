import { tarOf } from "../../artifacts/images/layer.ts";
import { LabwrightError } from "../../errors.ts";
import { lines, sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { addressAt } from "../../lab/cidr.ts";
import { firstSet, setOf } from "../../lab/machine-set.ts";
import type { Entrance, Lab } from "../../lab/types.ts";
import { structuralKey } from "../../structure.ts";
import { choosePorts, keepPorts, keptPorts, type PortRecord, settledPorts } from "../entrance-ports.ts";
import type { CreateRequest, EntranceInfo } from "../types.ts";
import { type Docker, label, labelFlags, nameTaken } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { entranceConfig } from "./entrance-config.ts";
import { ensureEntranceImage } from "./entrance-image.ts";
import { areFree, assertPlace, assertPortsFree, portTaken } from "./entrance-preflight.ts";
import { ensureNetwork, networkName } from "./network.ts";
import type { EntranceResource, Resources } from "./resources.ts";

/** A machine's name has no dot, so no machine's container has this name. */
const containerName = (lab: string): string => `labwright-${lab}.entrance.haproxy`;

const folder = "/etc/labwright-entrance";
const configFile = `${folder}/haproxy.cfg`;

/** Its place in the lab's network, below the machines'. */
const place = 8;

/** What decides about the container itself: another one has to be created for other ports. */
interface Made extends PortRecord {
  listen: string;
  /** The set of machines whose network it is in. */
  set: string;
}

const madeFor = (lab: Lab, { listen }: Entrance, record: PortRecord): Made => ({
  ...{ listen, set: setOf(lab) },
  ...record,
});

/** A lab has one entrance, which goes over to the set that wants it; a set that wants none has only what is its own. */
const presentFor = (lab: Lab, { entrances }: Resources): EntranceResource | undefined =>
  entrances.find((one) => lab.entrance !== undefined || one.set === setOf(lab));

const addressesIn = ({ containers }: Resources): Map<string, string> =>
  new Map(containers.map(({ machine, address }) => [machine, address]));

const recordOf = async (lab: Lab, present: EntranceResource | undefined): Promise<PortRecord | undefined> =>
  (await keptPorts(lab.name)) ?? present?.record;

/** The lab's entrance as it is; undefined if there is none, and the lab file wants none. Changes nothing. */
export async function observeEntrance(
  docker: Docker,
  lab: Lab,
  resources: Resources,
): Promise<EntranceInfo | undefined> {
  const present = presentFor(lab, resources);
  const { entrance } = lab;
  const state = stateOf(present);
  if (!entrance) return present && { state, ports: {}, why: "is not in the lab file, and will be removed" };
  const record = settledPorts(lab, await recordOf(lab, present));
  const base = { state, host: entrance.name ?? entrance.listen, ports: record?.ports ?? {} };
  if (!present || !record) return { ...base, why: "does not exist, and will be created" };
  const why =
    recreation(present, madeFor(lab, entrance, record)) ??
    pending[present.state] ??
    ((await configIn(docker, present)) === entranceConfig(lab, record.ports, addressesIn(resources))
      ? undefined
      : "does not lead to the lab's machines, and will be changed");
  return { ...base, ...(why !== undefined && { why }) };
}

const stateOf = (present: EntranceResource | undefined): EntranceInfo["state"] => {
  if (!present) return "missing";
  return present.state === "running" || present.state === "paused" ? present.state : "stopped";
};

/** What `up` does, by the engine's word for the state. */
const pending: Record<string, string> = {
  paused: "is paused, and will be unpaused",
  created: "is not running, and will be started",
  exited: "is not running, and will be started",
  dead: "is not running, and will be started",
};

function recreation({ made, set }: EntranceResource, wanted: Made): string | undefined {
  if (made === madeText(wanted)) return undefined;
  const why =
    set === wanted.set
      ? "listens elsewhere than the lab file says"
      : "leads to machines that a spare has replaced";
  return `${why}, and will be created again`;
}

const madeText = ({ listen, first, ports, set }: Made): string =>
  structuralKey({ listen, first, ports, ...(set !== firstSet && { set }) });

/** The configuration in a container, running or not; empty if there is none. */
const configIn = (docker: Docker, { engineId }: EntranceResource): Promise<string> =>
  docker
    .run(sh`cp ${`${engineId}:${configFile}`} - | tar -xO`, { accept: "any" })
    .then((text) => `${text}\n`);

/** Throws the errors with which `keepEntrance` would refuse the lab's entrance. Changes nothing. */
export async function assertEntrance({ reach }: Engine, lab: Lab, resources: Resources): Promise<void> {
  const { entrance } = lab;
  if (!entrance) return;
  await assertPlace(reach, entrance);
  const present = presentFor(lab, resources);
  const record = settledPorts(lab, await recordOf(lab, present));
  if (record) await assertPortsFree(reach, entrance.listen, foreign(record, present));
}

/** The ports that our own container does not have already. */
const foreign = ({ ports }: PortRecord, present: EntranceResource | undefined): number[] => {
  const holds = present?.state === "running" || present?.state === "paused";
  const own = holds ? Object.values(present.record?.ports ?? {}) : [];
  return Object.values(ports).filter((port) => !own.includes(port));
};

export interface KeepRequest extends Omit<CreateRequest, "machines"> {
  lab: Lab;
  labels: Readonly<Record<string, string>>;
}

/** Creates the lab's entrance, repairs it, has it lead to the machines that there are, or removes it. */
export async function keepEntrance(
  engine: Engine,
  resources: Resources,
  { lab, labels, ...request }: KeepRequest,
): Promise<void> {
  const { docker, reach } = engine;
  const { entrance } = lab;
  const present = presentFor(lab, resources);
  if (!entrance) {
    if (present) await docker.run(sh`rm --force ${present.engineId}`);
    return;
  }
  await assertEntrance(engine, lab, resources);
  const { listen } = entrance;
  const kept = await recordOf(lab, present);
  const record = await choosePorts(lab, kept, (ports) => areFree(reach, listen, ports));
  await keepPorts(lab.name, record);
  const config = entranceConfig(lab, record.ports, addressesIn(resources));
  const made = madeFor(lab, entrance, record);
  if (present && recreation(present, made) === undefined) return repair(docker, present, entrance, config);
  const image = await ensureEntranceImage(engine, lab, request);
  const subnet = await ensureNetwork(docker, lab, labels);
  assertNotInterrupted(request.signal);
  const name = containerName(lab.name);
  if (present) await docker.run(sh`rm --force ${present.engineId}`);
  else if (await docker.has("container", name)) throw nameTaken("container", name);
  const flags = [
    ...["--name", name, "--hostname", "entrance", "--restart", "unless-stopped"],
    ...labelFlags({ ...labels, [label.entrance]: madeText(made) }),
    ...["--network", networkName(lab), "--ip", addressAt(subnet, place)],
    ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--ulimit", "nofile=8192:8192"],
    ...Object.values(record.ports).flatMap((port) => ["--publish", `${listen}:${port}:${port}`]),
  ];
  await docker.run(sh`create ${flags} ${image}`);
  await start(docker, name, entrance, config);
}

/** Open connections stay: HAProxy starts another process for new ones, which takes over its ports. */
async function repair(
  docker: Docker,
  { engineId, state }: EntranceResource,
  entrance: Entrance,
  config: string,
) {
  if (state !== "running" && state !== "paused") return start(docker, engineId, entrance, config);
  if (state === "paused") await docker.run(sh`unpause ${engineId}`);
  const next = `${configFile}.next`;
  // In one command: a configuration that is in its place is the one that HAProxy has.
  const change = lines([
    sh`set -e; cat >${next}`,
    sh`! cmp -s ${next} ${configFile} || { rm ${next}; exit 0; }`,
    sh`haproxy -c -q -f ${next} && mv -f ${next} ${configFile} && kill -USR2 1`,
  ]).reveal();
  await docker.run(sh`exec --interactive ${engineId} sh -c ${change}`, { input: Buffer.from(config) });
}

async function start(docker: Docker, container: string, { listen }: Entrance, config: string): Promise<void> {
  const input = await tarOf([
    // HAProxy's account replaces the file there.
    { type: "directory", path: folder, mode: 0o777 },
    { type: "file", path: configFile, mode: 0o644, from: { text: config } },
  ]);
  await docker.run(sh`cp - ${`${container}:/`}`, { input });
  await docker.run(sh`start ${container}`).catch((error: unknown) => {
    throw startFailure(error, listen);
  });
}

/** The engine's own words about a port: one that no program of this computer has, or that an engine elsewhere refuses. */
function startFailure(error: unknown, listen: string): unknown {
  if (!(error instanceof LabwrightError) || error.code !== "command-failed") return error;
  const output = error.output ?? "";
  const [, port] = /:(\d+)\b[^\n]*(?:port is already allocated|address already in use)/i.exec(output) ?? [];
  if (port !== undefined) return portTaken(listen, [Number(port)]);
  return new LabwrightError({
    code: "entrance-start-failed",
    message: `could not start the entrance at ${listen}: ${output.trim().split("\n").at(-1) ?? ""}`,
    remedy: "Remove that cause, then run `labwright up` again.",
    output,
    cause: error,
  });
}
