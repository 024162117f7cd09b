import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { cpus, freemem } from "node:os";
import { explainSource } from "../artifacts/open.ts";
import { clusterNeeds } from "../components/needs.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { hasProgram, localHost } from "../hosts/local.ts";
import { sh } from "../hosts/sh.ts";
import { proxiesHere, shownProxies } from "../http/proxies.ts";
import { assertNotInterrupted, unlessInterrupted } from "../interruption.ts";
import { addonsFrom } from "../lab/addon-rules.ts";
import { knownSources, type Source } from "../lab/available.ts";
import { defaultLab } from "../lab/expand.ts";
import type { Lab } from "../lab/types.ts";
import { cacheFolder } from "../paths.ts";
import { prerequisites } from "../providers/registry.ts";
import type { Prerequisites } from "../providers/types.ts";
import { interruption } from "../session/interrupt.ts";
import { readLab, sourceFrom } from "../session/session.ts";
import { addonsNotFrom } from "../session/source.ts";
import { print } from "../ui/print.ts";
import { listed } from "../wording.ts";

export interface DoctorOptions {
  fix?: boolean;
  stopEngine?: boolean;
  /** The lab file; default: lab.yaml if it is there. */
  file?: string;
  /** The provider to use instead of the lab file's. */
  provider?: string;
}

interface Finding {
  what: string;
  ok: boolean;
  says: string;
  /** Findings that only make labs slow or small do not make `doctor` fail. */
  advice?: true;
}

/** What a lab needs on this computer. */
type Needs = Pick<Lab, "provider" | "source" | "mirrors" | "cluster">;

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

async function needsOf({ file, provider }: DoctorOptions): Promise<Needs> {
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

/** Only the lab's own provider has to work. */
async function prerequisiteFindings(provider: string, all: Map<string, Prerequisites>): Promise<Finding[]> {
  return Promise.all(
    [...all].map(async ([what, prerequisites]) => ({
      what,
      ...(await prerequisites.check()),
      ...(what !== provider && { advice: true as const }),
    })),
  );
}

const sourceOf = ({ source, mirrors, cluster }: Needs) =>
  explainSource({
    ...{ choice: source, mirrors, kubernetesVersion: cluster.version, needs: clusterNeeds(cluster) },
  });

/** A source that the lab file names is not checked here: `up` reports which of its hosts it could not reach. */
async function sourceFindings(needs: Needs): Promise<Finding[]> {
  const { source, why } = await sourceOf(needs);
  const says = source === undefined ? why : `${source}: ${why}`;
  return [{ what: "source", ok: source !== undefined, says }, addonFinding(needs, source)];
}

/** Which addons each source has, and whether the lab's source has those of the lab. */
function addonFinding({ cluster }: Needs, source: Source | undefined): Finding {
  const missing = source === undefined ? [] : addonsNotFrom(source, cluster);
  const from = knownSources.map((one) => `from ${one}: ${addonsFrom(one).join(", ")}`);
  const lack = missing.length > 0 ? [`${listed(missing)} cannot be had from ${source}`] : [];
  return { what: "addons", ok: missing.length === 0, says: [...lack, ...from].join("; ") };
}

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
async function provideBuilders(needs: Needs, say: (text: string) => void): Promise<void> {
  if ((await hasProgram("mmdebstrap")) || process.platform !== "linux" || process.getuid?.() !== 0) return;
  if ((await sourceOf(needs)).source !== "modules" || !(await hasProgram("apt-get"))) return;
  say("installing mmdebstrap, which makes the machines' base system");
  await localHost().run(sh`
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=120 -q update
    apt-get -o DPkg::Lock::Timeout=120 -q install -y --no-install-recommends mmdebstrap`);
}
