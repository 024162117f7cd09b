import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { cpus, freemem } from "node:os";
import { exitCode, LabwrightError } from "../errors.ts";
import { hasProgram, localHost } from "../hosts/local.ts";
import { sh } from "../hosts/sh.ts";
import { proxiesHere, shownProxies } from "../http/proxies.ts";
import { assertNotInterrupted, unlessInterrupted } from "../interruption.ts";
import { defaultLab } from "../lab/expand.ts";
import type { Lab } from "../lab/types.ts";
import { cacheFolder } from "../paths.ts";
import { prerequisites } from "../providers/registry.ts";
import type { Prerequisites } from "../providers/types.ts";
import { interruption } from "../session/interrupt.ts";
import { readLab, sourceFrom } from "../session/session.ts";
import { print } from "../ui/print.ts";
import {
  type Finding,
  type LabNeeds,
  prerequisiteFindings,
  sourceFindings,
  sourceOf,
} from "./doctor/findings.ts";

export interface DoctorOptions {
  fix?: boolean;
  stopEngine?: boolean;
  /** The lab file; default: lab.yaml if it is there. */
  file?: string;
  /** The provider to use instead of the lab file's. */
  provider?: string;
}

const gibibyte = 2 ** 30;

/**
 * Reports what works on this computer for the lab of the lab file, and what is missing; with `fix` installs and starts what
 * is missing. Fails (exit code 1) only if the lab could not be built.
 */
export async function doctor(options: DoctorOptions): Promise<void> {
  const say = (text: string): void => {
    print(`${text}\n`);
  };
  const all = await prerequisites();
  if (options.stopEngine) {
    const stopped = await Promise.all([...all.values()].map((prerequisites) => prerequisites.stop()));
    return say(stopped.includes(true) ? "The engine is stopped." : "No engine of labwright's own runs.");
  }
  const needs = await needsOf(options);
  if (options.provider !== undefined && !all.has(options.provider))
    throw nothingToInstall(options.provider, all);
  const { provider } = needs;
  const signal = interruption();
  if (options.fix) {
    await all.get(provider)?.install(say, signal);
    assertNotInterrupted(signal);
    await provideBuilders(needs, say);
  }
  const looking = async () => [
    ...(await prerequisiteFindings(provider, all)),
    ...(await sourceFindings(needs)),
    ...proxyFinding(),
    ...(await sizeFindings()),
  ];
  const findings = await unlessInterrupted(signal, looking());
  for (const { what, ok, says } of findings) say(`${ok ? "ok     " : "MISSING"}  ${what.padEnd(8)}  ${says}`);
  if (findings.some(({ ok, advice }) => !ok && !advice)) process.exitCode = exitCode.failed;
}

async function needsOf({ file, provider }: DoctorOptions): Promise<LabNeeds> {
  if (file === undefined && !existsSync("lab.yaml")) {
    const { source = "auto" } = sourceFrom(process.env);
    return {
      ...defaultLab(),
      provider: (provider ?? "docker") as Lab["provider"],
      source: source as Lab["source"],
    };
  }
  return readLab({
    ...(file !== undefined && { file }),
    ...(provider !== undefined && { provider }),
  });
}

const nothingToInstall = (provider: string, all: Map<string, Prerequisites>): LabwrightError =>
  new LabwrightError({
    code: "provider-unknown",
    message: `there is no provider "${provider}"`,
    remedy: `Name one of: ${[...all.keys()].join(", ")}.`,
    exit: exitCode.usage,
  });

function proxyFinding(): Finding[] {
  const proxies = proxiesHere();
  const says = proxies ? shownProxies(proxies) : "";
  return says === "" ? [] : [{ what: "proxy", ok: true, says: `requests go through ${says}` }];
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
      says: `${free.toFixed(0)} GiB free (10 are needed, 25 if programs are compiled)`,
    },
  ];
  return sizes.map((finding) => ({ ...finding, advice: true }));
}

/** If programs have to be compiled, mmdebstrap makes the base system. */
async function provideBuilders(needs: LabNeeds, say: (text: string) => void): Promise<void> {
  if ((await hasProgram("mmdebstrap")) || process.platform !== "linux" || process.getuid?.() !== 0) return;
  if ((await sourceOf(needs)).source !== "modules" || !(await hasProgram("apt-get"))) return;
  say("installing mmdebstrap, which makes the machines' base system");
  await localHost().run(sh`
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=120 -q update
    apt-get -o DPkg::Lock::Timeout=120 -q install -y --no-install-recommends mmdebstrap`);
}
