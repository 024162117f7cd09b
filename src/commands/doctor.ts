import { statfs } from "node:fs/promises";
import { cpus, freemem } from "node:os";
import { explainSource } from "../artifacts/open.ts";
import { exitCode } from "../errors.ts";
import { localHost } from "../hosts/local.ts";
import { sh } from "../hosts/sh.ts";
import { cacheFolder } from "../paths.ts";
import { findEngine, provideEngine, stopOwnEngine } from "../providers/docker/engine.ts";

export interface DoctorOptions {
  fix?: boolean;
  stopEngine?: boolean;
}

interface Finding {
  what: string;
  ok: boolean;
  says: string;
  /** What only makes labs slow or small does not make `doctor` fail. */
  advice?: true;
}

const gibibyte = 2 ** 30;

/** Says what this computer can do for labs, and why not where it cannot; with `fix` installs and starts what is missing. */
export async function doctor({ fix, stopEngine }: DoctorOptions): Promise<void> {
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  if (stopEngine)
    return say((await stopOwnEngine()) ? "The engine is stopped." : "No engine of labwright's own runs.");
  if (fix) {
    await provideEngine(say);
    await provideBuilders(say);
  }
  const findings = [await engineFinding(), await sourceFinding(), ...(await sizeFindings())];
  for (const { what, ok, says } of findings) say(`${ok ? "ok  " : "LOOK"}  ${what.padEnd(8)}  ${says}`);
  if (findings.some(({ ok, advice }) => !ok && !advice)) process.exitCode = exitCode.failed;
}

async function engineFinding(): Promise<Finding> {
  const engine = await findEngine();
  if (!engine)
    return {
      what: "engine",
      ok: false,
      says: "no Docker engine answers: `labwright doctor --fix` installs and starts one",
    };
  const { version, operatingSystem, cgroupVersion, storageDriver } = engine.facts;
  const whose = engine.own ? "labwright's own" : "the one of this computer";
  const reach = engine.direct
    ? "machines are reached directly"
    : "machines are reached through published ports";
  return {
    what: "engine",
    ok: true,
    says: `Docker ${version} (${whose}) on ${operatingSystem}, cgroup v${cgroupVersion}, ${storageDriver}; ${reach}`,
  };
}

async function sourceFinding(): Promise<Finding> {
  const { source, why } = await explainSource({ choice: "auto", mirrors: {} });
  return { what: "source", ok: source !== undefined, says: source === undefined ? why : `${source}: ${why}` };
}

async function sizeFindings(): Promise<Finding[]> {
  const memory = freemem() / gibibyte;
  const disk = await statfs(cacheFolder()).catch(() => statfs("/"));
  const free = (disk.bavail * disk.bsize) / gibibyte;
  const sizes: Omit<Finding, "advice">[] = [
    { what: "cpu", ok: cpus().length >= 2, says: `${cpus().length} processors (2 are needed)` },
    {
      what: "memory",
      ok: memory >= 3,
      says: `${memory.toFixed(1)} GiB free (3 are needed for three machines)`,
    },
    {
      what: "disk",
      ok: free >= 10,
      says: `${free.toFixed(0)} GiB free (10 are needed, 25 where programs are compiled)`,
    },
  ];
  return sizes.map((finding) => ({ ...finding, advice: true }));
}

/** Where programs have to be compiled, the base system is made by mmdebstrap. */
async function provideBuilders(say: (text: string) => void): Promise<void> {
  const { source } = await explainSource({ choice: "auto", mirrors: {} });
  const present = (await localHost().run(sh`command -v mmdebstrap`, { accept: "any" })).code === 0;
  if (source === "upstream" || present || process.platform !== "linux" || process.getuid?.() !== 0) return;
  say("installing mmdebstrap, which makes the machines' base system");
  await localHost().run(sh`
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=120 -q update
    apt-get -o DPkg::Lock::Timeout=120 -q install -y --no-install-recommends mmdebstrap`);
}
