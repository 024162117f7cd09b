import { randomBytes } from "node:crypto";
import { type LayerEntry, tarOf } from "../../artifacts/images/layer.ts";
import { LabwrightError } from "../../errors.ts";
import { generateKeyPair, type KeyPair } from "../../hosts/keys.ts";
import { sh } from "../../hosts/sh.ts";
import type { Sudo } from "../../lab/available.ts";
import type { Passwords } from "../credentials.ts";
import { giveInside } from "../machine/container-logins.ts";
import { type Files, machineFiles, withoutComment } from "../machine/files.ts";
import type { Logins } from "../machine/logins.ts";
import { boundingSet, needed, unknownCapability } from "./capabilities.ts";
import { label, labelFlags } from "./docker.ts";
import type { Engine } from "./engine.ts";
import { clearKilledContainers, makerLabel } from "./killed-builds.ts";

export interface MachineSpec {
  /** The container's name. */
  container: string;
  hostname: string;
  image: string;
  /** Labels besides the host key's, which is added here. */
  labels: Record<string, string>;
  /** Further `docker create` flags: network, address, volumes. */
  flags: string[];
  /** The login user to make, and how it becomes root; root needs no making. */
  user: string;
  sudo: Sudo;
  /** The passwords of its users that are made with the machine. */
  passwords: Passwords;
  /** The public keys that may log in, a line each. */
  authorizedKey: string;
  /** The host key that the machine shows; made here if it is absent. */
  hostKey?: KeyPair;
  /** Ports that are published if containers' addresses cannot be reached. */
  ports: number[];
}

/**
 * Starts a container that is a machine: systemd as its first process, sshd with a host key made here, so that the
 * first connection is already verified. Every capability that the engine holds is given to it, by name if the
 * engine lacks one and `--privileged` therefore fails.
 */
export async function startMachine(engine: Engine, spec: MachineSpec): Promise<void> {
  await createMachine(engine, spec);
  await engine.docker.run(sh`start ${spec.container}`);
}

/** All of `startMachine` but the start. */
export async function createMachine(engine: Engine, spec: MachineSpec): Promise<void> {
  const { reach } = engine;
  const hostKey = spec.hostKey ?? generateKeyPair(spec.hostname);
  const labels = { ...spec.labels, [label.hostKey]: withoutComment(hostKey.publicKey) };
  const flags = [
    ...["--name", spec.container, "--hostname", spec.hostname],
    ...labelFlags(labels),
    ...["--env", "container=docker", "--stop-signal", "SIGRTMIN+3", "--cgroupns", "private"],
    ...["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec,mode=1777"],
    ...(reach.kind === "published"
      ? spec.ports.flatMap((port) => ["--publish", `${reach.bind}::${port}`])
      : []),
    ...spec.flags,
  ];
  const power = await powerOf(engine, spec.image);
  await engine.docker.run(sh`create ${power} ${flags} ${spec.image} /usr/local/sbin/labwright-init`);
  const files = await machineFiles({ ...spec, hostKey, resolves: engine.direct });
  await copyFiles(engine, spec, files);
}

/** Sets up the logins of a running machine through the engine, which needs no key. */
export async function giveLogins({ docker }: Engine, container: string, logins: Logins): Promise<void> {
  const input = Buffer.from(giveInside(logins).reveal());
  await docker.run(sh`exec --interactive ${container} sh -s`, { input });
}

/** How each engine gives a container all possible rights; determined once for each engine and process. */
const powers = new Map<string, Promise<string[]>>();

/** The `docker create` flags that give a container as many rights as this engine can; `image` is what it is tried with. */
export function powerOf(engine: Engine, image: string): Promise<string[]> {
  const key = engine.docker.socket ?? "";
  const asked = powers.get(key) ?? findPower(engine, image);
  powers.set(key, asked);
  return asked.catch((error: unknown) => {
    powers.delete(key);
    throw error;
  });
}

/** How the names of containers begin that only show whether they start. */
const trial = "labwright-build-trial-";

/** Finds them out. */
export async function findPower({ docker }: Engine, image: string): Promise<string[]> {
  await clearKilledContainers(docker, trial);
  // A snapshot's image has a lab's labels, and this container is not the lab's.
  const labels = ["--label", `${label.lab}=`, "--label", makerLabel()];
  const works = (power: string[]) => {
    const name = `${trial}${randomBytes(4).toString("hex")}`;
    return docker.run(sh`run --rm --name ${name} ${labels} ${power} ${image} true`);
  };
  const privileged = await works(["--privileged"]).then(() => undefined, refusalOf);
  if (privileged === undefined) return ["--privileged"];
  let capabilities = await boundingSet();
  for (;;) {
    const power = [
      ...["--cap-drop", "ALL", ...capabilities.flatMap((name) => ["--cap-add", name])],
      ...["seccomp", "apparmor", "systempaths"].flatMap((name) => ["--security-opt", `${name}=unconfined`]),
      ...["--device-cgroup-rule", "a *:* rwm"],
    ];
    const refusal = await works(power).then(() => undefined, refusalOf);
    if (refusal === undefined) return power;
    const unknown = unknownCapability(refusal);
    if (unknown === undefined || !capabilities.includes(unknown) || needed.includes(unknown))
      throw cannotCarry(refusal);
    capabilities = capabilities.filter((name) => name !== unknown);
  }
}

/** The engine's words, if it has refused; other errors say nothing about what the engine can do. */
function refusalOf(error: unknown): string {
  if (error instanceof LabwrightError && error.code === "command-failed")
    return `${error.message} ${error.output}`;
  throw error;
}

const cannotCarry = (output: string): LabwrightError =>
  new LabwrightError({
    code: "engine-too-weak",
    message:
      "this Docker engine cannot run a container as a machine (with systemd, mounts and a container runtime)",
    remedy: "Use an engine that runs as root on its own computer or virtual machine.",
    output,
  });

/** Copies files into a container that need not run. */
async function copyFiles(
  { docker }: Engine,
  { container }: Pick<MachineSpec, "container">,
  files: Files,
): Promise<void> {
  await docker.run(sh`cp - ${`${container}:/`}`, { input: await tarOf(entriesOf(files)) });
}

/** Existing folders get the modes that they have in the tar, so the private ones are in it by name. */
export function entriesOf(files: Files): LayerEntry[] {
  const entries = Object.entries(files).map(
    ([path, { text, mode }]): LayerEntry => ({ type: "file", path, mode, from: { text } }),
  );
  const isThere = (folder: string) => Object.keys(files).some((path) => path.startsWith(`${folder}/`));
  const folders = ["/root", "/root/.ssh"].filter(isThere);
  return [...entries, ...folders.map((path): LayerEntry => ({ type: "directory", path, mode: 0o700 }))];
}
