import { statfs } from "node:fs/promises";
import { cpus, freemem } from "node:os";
import { explainSource } from "../artifacts/open.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { hasProgram, localHost } from "../hosts/local.ts";
import { sh } from "../hosts/sh.ts";
import { cacheFolder } from "../paths.ts";
import { grounds } from "../providers/registry.ts";
import type { Ground } from "../providers/types.ts";

export interface DoctorOptions {
  fix?: boolean;
  stopEngine?: boolean;
  /** The provider that labs are to be made by. */
  provider?: string;
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
export async function doctor({ fix, stopEngine, provider = "docker" }: DoctorOptions): Promise<void> {
  const say = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const all = await grounds();
  if (stopEngine) {
    const stopped = await Promise.all([...all.values()].map((ground) => ground.stop()));
    return say(stopped.includes(true) ? "The engine is stopped." : "No engine of labwright's own runs.");
  }
  if (fix) {
    await groundOf(provider, all).provide(say);
    await provideBuilders(say);
  }
  const findings = [
    ...(await groundFindings(provider, all)),
    await sourceFinding(),
    ...(await sizeFindings()),
  ];
  for (const { what, ok, says } of findings) say(`${ok ? "ok  " : "LOOK"}  ${what.padEnd(8)}  ${says}`);
  if (findings.some(({ ok, advice }) => !ok && !advice)) process.exitCode = exitCode.failed;
}

function groundOf(provider: string, all: Map<string, Ground>): Ground {
  const ground = all.get(provider);
  if (ground) return ground;
  throw new LabwrightError({
    code: "provider-unknown",
    message: `there is nothing that doctor could install for a provider "${provider}"`,
    remedy: `name one of: ${[...all.keys()].join(", ")}`,
    exit: exitCode.usage,
  });
}

/** Only the provider that labs are to be made by has to be able to make them. */
async function groundFindings(provider: string, all: Map<string, Ground>): Promise<Finding[]> {
  groundOf(provider, all);
  return Promise.all(
    [...all].map(async ([what, ground]) => ({
      what,
      ...(await ground.look()),
      ...(what !== provider && { advice: true as const }),
    })),
  );
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
  const present = await hasProgram("mmdebstrap");
  if (source === "upstream" || present || process.platform !== "linux" || process.getuid?.() !== 0) return;
  say("installing mmdebstrap, which makes the machines' base system");
  await localHost().run(sh`
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o DPkg::Lock::Timeout=120 -q update
    apt-get -o DPkg::Lock::Timeout=120 -q install -y --no-install-recommends mmdebstrap`);
}
