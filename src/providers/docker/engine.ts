import { LabwrightError } from "../../errors.ts";
import { hasProgram, localHost } from "../../hosts/local.ts";
import { sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { debian } from "../../linux/families/debian.ts";
import { startOnce } from "../engine/start-once.ts";
import { askEngine, Docker, type EngineFacts, engineMissing } from "./docker.ts";
import { hasOwnEngine, ownFolder, ownSocket, startOwnEngine } from "./own-engine.ts";
import { engineRefused, type Reach, reachOf } from "./reach.ts";
import { askSite } from "./site.ts";

export interface Engine {
  docker: Docker;
  facts: EngineFacts;
  /** Whether it is the engine that we started ourselves. */
  own: boolean;
  reach: Reach;
  /** Whether this computer reaches containers at their own addresses. */
  direct: boolean;
}

/**
 * The engine that answers: the user's own, else ours; undefined if none does. One that DOCKER_HOST names is never
 * replaced by ours: labwright would look for the lab, and create it again, on the wrong engine.
 */
export async function findEngine(): Promise<Engine | undefined> {
  const named = new Docker(localHost());
  const candidates = process.env.DOCKER_HOST ? [named] : [named, new Docker(localHost(), ownSocket())];
  for (const docker of candidates) {
    const facts = await askEngine(docker);
    if (!facts) continue;
    const reach = reachOf(await askSite(docker), facts);
    return { docker, facts, own: docker.socket !== undefined, reach, direct: reach.kind === "direct" };
  }
  return undefined;
}

export async function requireEngine(): Promise<Engine> {
  const engine = await findEngine();
  if (!engine) throw engineMissing();
  if (engine.reach.kind === "refused") throw engineRefused(engine.reach);
  return engine;
}

/**
 * Ensures a running engine: installs the distribution's Docker packages if dockerd or its client is missing, and starts an
 * engine with its own data folder and socket if none runs after that. Only on Linux, as root.
 */
export async function provideEngine(note: (text: string) => void, signal?: AbortSignal): Promise<Engine> {
  const present = await findEngine();
  if (present) return present;
  if (process.platform !== "linux" || process.getuid?.() !== 0) throw cannotProvide();
  assertNotInterrupted(signal);
  if (!(await hasProgram("dockerd")) || !(await hasProgram("docker"))) await installDocker(note);
  const installed = await findEngine();
  if (installed) return installed;
  assertNotInterrupted(signal);
  note(`starting labwright's own Docker engine in ${ownFolder()}`);
  await startOnce("docker", findEngine, startOwnEngine);
  return requireEngine();
}

/** Starts our engine if it has run before and the computer was restarted since. Returns whether there is one. */
export async function restartOwnEngine(note: (text: string) => void): Promise<boolean> {
  if (process.env.DOCKER_HOST || !hasOwnEngine() || process.getuid?.() !== 0) return false;
  note("labwright's own Docker engine does not run, and is started again");
  await startOnce("docker", findEngine, startOwnEngine);
  return true;
}

async function installDocker(note: (text: string) => void): Promise<void> {
  if (!(await hasProgram("apt-get"))) throw cannotProvide();
  note("installing the distribution's Docker package (docker.io)");
  await localHost().run(
    sh`export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=120 -q update
    apt-get -o DPkg::Lock::Timeout=120 -o DPkg::Options::=--force-confdef -o DPkg::Options::=--force-confold \
      -q install -y --no-install-recommends ${debian.dockerEngine}`,
    { onLine: (line) => /^(Get|Unpacking|Setting up)/.test(line) && note(line) },
  );
}

const cannotProvide = (): LabwrightError =>
  new LabwrightError({
    code: "engine-cannot-be-made",
    message: "labwright can install a Docker engine only on Debian and Ubuntu, as root",
    remedy:
      process.platform === "darwin"
        ? "Install and start Docker Desktop, Colima or OrbStack, then run the command again."
        : "Install Docker (https://docs.docker.com/engine/install/) and let your user run `docker info`, or run this command as root.",
  });
