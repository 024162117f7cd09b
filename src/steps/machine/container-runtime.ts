import { dirname } from "node:path/posix";
import { z } from "zod";
import type { ProgramSet } from "../../artifacts/program-set.ts";
import type { StepContext } from "../../artifacts/step-context.ts";
import { networkContents } from "../../components/network/networks.ts";
import { changeRuntime, type RuntimeChange } from "../../components/node/change-runtime.ts";
import type {
  ContainerRuntime,
  RuntimeFile,
  RuntimeNode,
} from "../../components/runtime/container-runtime.ts";
import { asRun, endpointFiles, endpointOf } from "../../components/runtime/endpoint.ts";
import { ofRuntimes, runtimeOf } from "../../components/runtime/runtimes.ts";
import type { Facts } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { platformOf } from "../../hosts/platform.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Host, Output } from "../../hosts/types.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { kubeletConf } from "../../kubernetes/kubectl.ts";
import { kubeletUnit } from "../../kubernetes/kubelet.ts";
import { nodeFolder, nodeProgram } from "../../kubernetes/node-programs.ts";
import { cniPlugins, crictl } from "../../kubernetes/program-sets.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { backUp, reportLeft, restore, type Touched } from "../../linux/backup.ts";
import type { RuntimeHelper } from "../../linux/families/family.ts";
import { familyOf, osRelease } from "../../linux/family.ts";
import { contentOf, inactive, isOurs, serviceState, textDifference } from "../../linux/files.ts";
import { installPackages, removePackages } from "../../linux/packages.ts";
import { install, quietly, versionDifference, versionOf } from "../../linux/programs.ts";
import { oneAtATime } from "../../queue.ts";
import { step } from "../step.ts";

const owner = "container-runtime";
const helpersOwner = "runtime-helpers";
const cniFolder = "/opt/cni/bin";

/** What another runtime of the machine keeps there stays whole while ours works, and is put back by `undo`. */
const touchedBy = ({ unit, rivals, files, contents, fresh }: ContainerRuntime): Touched => ({
  services: rivals,
  files: [
    ...Object.values(files).map(({ path }) => path),
    `/etc/systemd/system/multi-user.target.wants/${unit}.service`,
  ],
  folders: {
    ...contents,
    ...networkContents("configuration", "programs"),
  },
  freshFolders: fresh,
});

/** The fact of a probe; without one it is as of a missing file. */
const factOf = (facts: Facts, name: string): Output => facts[name] ?? { code: 1, stdout: "", stderr: "" };

/** CAP_SYS_RESOURCE is bit 24; without it a runtime cannot lower oom_score_adj (capabilities(7)). */
const mayLowerOomScore = (capBnd: string): boolean =>
  ((BigInt(`0x${capBnd.trim() || "0"}`) >> 24n) & 1n) === 1n;

const nodeIn = (facts: Facts): RuntimeNode => ({
  systemdCgroup: factOf(facts, "cgroup").stdout.trim() === "cgroup2fs",
  lowersOomScore: mayLowerOomScore(factOf(facts, "capabilities").stdout),
  onBtrfs: factOf(facts, "fileSystem").stdout.trim() === "btrfs",
});

const missingPlugins = (facts: Facts): string[] => {
  const present = factOf(facts, "cni").stdout.split("\n");
  return cniPlugins.packaged.programs.filter((name) => !present.includes(name));
};

function fileDifference({ path, text }: RuntimeFile, fact: Output, lab: Lab, node: RuntimeNode): string[] {
  const wanted = text(lab, node);
  if (wanted !== undefined) return textDifference(path, fact, wanted);
  return fact.code === 0 ? [`${path} names a mirror that the lab file does not`] : [];
}

/** Unit files of other runtimes, and by which runtime they are of. */
const othersOf = (lab: Lab): Map<string, ContainerRuntime> => {
  const others = ofRuntimes((runtime) => [runtime]).filter((one) => one !== runtimeOf(lab.cluster));
  return new Map(others.map((one) => [one.files.unit.path, one]));
};

/** Other runtimes that labwright has installed on the machine. */
const othersIn = (facts: Facts, lab: Lab): ContainerRuntime[] => {
  const others = othersOf(lab);
  return factOf(facts, "others")
    .stdout.split("\n")
    .flatMap((path) => others.get(path) ?? []);
};

/** Helpers that the machine does not have. */
const missingHelpers = (facts: Facts, { helpers }: ContainerRuntime): RuntimeHelper[] => {
  const present = factOf(facts, "helpers").stdout.split("\n");
  return helpers.filter((name) => !present.includes(name));
};

/** What differs of the release of each set of programs, by set. */
const outdated = (facts: Facts, { cluster }: Lab): Map<ProgramSet, string[]> => {
  const { name, programs } = runtimeOf(cluster);
  const range = (set: ProgramSet) => set.range(cluster.version);
  return new Map([
    [programs, versionDifference(name, factOf(facts, "version"), range(programs))],
    [crictl, versionDifference("crictl", factOf(facts, "crictlVersion"), range(crictl))],
  ]);
};

/**
 * The cgroup driver that the runtime runs with, if it says one (`cgroup driver:   SYSTEMD`, crictl 1.35) and it is not the
 * kubelet's: its configuration may have been read before it was right.
 */
function driverDifference(name: string, running: Output, { systemdCgroup }: RuntimeNode): string[] {
  const driver = /^cgroup driver: +(systemd|cgroupfs)$/im.exec(running.stdout)?.[1]?.toLowerCase();
  const wanted = systemdCgroup ? "systemd" : "cgroupfs";
  if (driver === undefined || driver === wanted) return [];
  return [`${name} runs with the cgroup driver ${driver}, not ${wanted}`];
}

/** The runtime's socket that a node's kubelet of ours asks, if it is another one. */
function otherEndpoint(facts: Facts, { cluster }: Lab): string | undefined {
  if (!isNode(facts)) return undefined;
  const wanted = endpointOf(cluster);
  return factOf(facts, "endpoint")
    .stdout.split("\n")
    .find((one) => one !== "" && asRun(one) !== wanted);
}

/** Whether the machine has joined with our kubelet: that of a host that is taken over is its owner's until then. */
const isNode = (facts: Facts): boolean => factOf(facts, "joined").code === 0;

function probesOf(lab: Lab): Record<string, Command> {
  const { program, unit, files, helpers, store } = runtimeOf(lab.cluster);
  return {
    others: sh`grep -l '^# Written by labwright' ${[...othersOf(lab).keys()]} 2>/dev/null`,
    version: versionOf(program),
    crictlVersion: versionOf(nodeProgram("crictl")),
    cni: sh`cd ${cniFolder} && ls`,
    ...Object.fromEntries(Object.entries(files).map(([name, { path }]) => [name, contentOf(path)])),
    ...(helpers.length > 0 && {
      helpers: sh`for name in ${helpers}; do command -v "$name" >/dev/null && echo "$name"; done`,
      release: osRelease,
    }),
    joined: sh`grep -qs '^# Written by labwright' ${kubeletUnit} && test -e ${kubeletConf}`,
    endpoint: sh`grep -hoE 'unix://[^" ]+' ${endpointFiles} 2>/dev/null | sort -u`,
    state: serviceState(unit),
    running: sh`${nodeProgram("crictl")} --timeout 2s runtime-config`,
    cgroup: sh`stat -fc %T /sys/fs/cgroup`,
    fileSystem: sh`stat -fc %T ${store} || stat -fc %T ${dirname(store)}`,
    capabilities: sh`awk '/^CapBnd/ { print $2 }' /proc/1/status`,
  };
}

export const containerRuntime = step({
  summary:
    "Installs the container runtime with the CNI plugins and crictl, and configures its cgroup driver, sandbox image and mirror.",
  params: z.strictObject({}),

  probe: (_, { lab }) => probesOf(lab),

  check: (facts, _, { lab }) => {
    const runtime = runtimeOf(lab.cluster);
    const { unit, files } = runtime;
    const node = nodeIn(facts);
    const endpoint = otherEndpoint(facts, lab);
    return [
      ...othersIn(facts, lab).map(({ name }) => `${name} is the machine's container runtime`),
      ...(endpoint === undefined ? [] : [`the kubelet uses ${endpoint}`]),
      ...[...outdated(facts, lab).values()].flat(),
      ...missingHelpers(facts, runtime).map((name) => `${name} is not installed`),
      ...missingPlugins(facts).map((name) => `the CNI plugin ${name} is missing`),
      ...Object.entries(files).flatMap(([name, file]) =>
        fileDifference(file, factOf(facts, name), lab, node),
      ),
      ...driverDifference(runtime.name, factOf(facts, "running"), node),
      ...inactive(unit, factOf(facts, "state")),
    ];
  },

  apply: async (host, _, context, facts) => {
    const other = othersIn(facts, context.lab).length > 0;
    const change: RuntimeChange = {
      prepare: async () => {
        for (const runtime of ofRuntimes((runtime) => [runtime])) await assertUnused(host, runtime);
        const platform = await platformOf(host);
        for (const set of [runtimeOf(context.lab.cluster).programs, crictl, cniPlugins])
          await context.artifacts.programs(set, platform, quietly(context));
      },
      uninstall: () => uninstall(host, context),
      install: async () => installRuntime(host, context, await factsOf(host, context.lab)),
    };
    if (isNode(facts) && (other || otherEndpoint(facts, context.lab) !== undefined))
      return turns.run(
        context.machine.name === controlPlaneOf(context.lab) ? 0 : 1,
        () => inTurn(context, () => changeRuntime(host, context, change)),
        () => context.note("waiting for another node, which gets its new runtime first"),
      );
    if (!other) return installRuntime(host, context, facts);
    await change.uninstall();
    await change.install();
  },

  // The lab file may name another runtime by now than the one that is there.
  undo: (host, _, context) => uninstall(host, context),

  patience: { seconds: 20, for: "the container runtime to answer" },
});

/** What the probes find once another runtime has been removed. */
async function factsOf(host: Host, lab: Lab): Promise<Facts> {
  const facts: Record<string, Output> = {};
  for (const [name, probe] of Object.entries(probesOf(lab)))
    facts[name] = await host.run(probe, { accept: "any" });
  return facts;
}

/** One node at a time is without its runtime. */
const turns = oneAtATime();

/** Runs in which a node could not be changed: the others keep what they have. */
const failed = new WeakSet<AbortSignal>();

async function inTurn({ signal, machine }: StepContext, work: () => Promise<void>): Promise<void> {
  assertNotInterrupted(signal);
  if (failed.has(signal)) throw notChanged(machine.name);
  await work().catch((error: unknown) => {
    failed.add(signal);
    throw error;
  });
}

const notChanged = (machine: string): LabwrightError =>
  new LabwrightError({
    code: "runtime-not-changed",
    message: `${machine} keeps its container runtime, because another node could not be changed`,
    remedy: "Correct what is reported of that node, then run `labwright up` again.",
  });

async function installRuntime(host: Host, context: StepContext, facts: Facts): Promise<void> {
  const { lab } = context;
  const runtime = runtimeOf(lab.cluster);
  if (!isOurs(factOf(facts, "unit"))) await host.run(backUp(owner, touchedBy(runtime)));
  for (const [set, differences] of outdated(facts, lab))
    if (differences.length > 0) await install(host, context, set, nodeFolder);
  if (missingPlugins(facts).length > 0) await install(host, context, cniPlugins, cniFolder);
  // Before the packages, which start their services.
  const node = nodeIn(facts);
  for (const { path, text, mode } of Object.values(runtime.files)) {
    const content = text(lab, node);
    if (content === undefined) await host.run(sh`rm -f ${path}`);
    else await host.write({ path, content, ...(mode !== undefined && { mode }) });
  }
  const helpers = missingHelpers(facts, runtime);
  if (helpers.length > 0) {
    const family = familyOf(host.name, factOf(facts, "release"));
    const names = [...new Set(helpers.flatMap((name) => family.runtimeHelpers[name]))];
    if (runtime.aroundHelpers) await host.run(runtime.aroundHelpers.before);
    await installPackages(host, context, helpersOwner, { family, names });
  }
  await host.run(sh`
      systemctl daemon-reload
      systemctl enable --quiet ${runtime.unit}
      systemctl restart ${runtime.unit}`);
}

/** Whatever runtime of ours is there. */
async function uninstall(host: Host, context: StepContext): Promise<void> {
  const all = ofRuntimes((runtime) => [runtime]);
  for (const runtime of all) await clear(host, runtime);
  await removePackages(host, context, helpersOwner);
  for (const { aroundHelpers } of all)
    if (aroundHelpers) reportLeft(context, await host.run(aroundHelpers.after));
  for (const { name } of [cniPlugins, crictl, ...all.map(({ programs }) => programs), { name: owner }])
    await restore(host, context, name);
  const units = all.map(({ unit }) => unit);
  await host.run(sh`systemctl daemon-reload; systemctl reset-failed ${units} 2>/dev/null; true`);
}

const ifOurs = ({ files }: ContainerRuntime, command: Command): Command => sh`
      if grep -qs '^# Written by labwright' ${files.unit.path}; then
        ${command}
      fi`;

/** Throws `runtime-in-use` if others than labwright and the kubelet use a runtime of ours. */
async function assertUnused(host: Host, runtime: ContainerRuntime): Promise<void> {
  if (!runtime.others) return;
  const { stdout } = await host.run(ifOurs(runtime, runtime.others));
  const left = stdout.split("\n").filter((line) => line !== "");
  if (left.length > 0) throw runtimeInUse(host.name, runtime.name, left.join(", "));
}

/** Ends a runtime that labwright has installed. */
async function clear(host: Host, runtime: ContainerRuntime): Promise<void> {
  await assertUnused(host, runtime);
  await host.run(sh`${ifOurs(runtime, runtime.clear)}
      true`);
}

const runtimeInUse = (machine: string, runtime: string, things: string): LabwrightError =>
  new LabwrightError({
    code: "runtime-in-use",
    message: `${runtime} on ${machine} has resources that neither labwright nor the kubelet created: ${things}`,
    remedy: `Remove them on ${machine}, then run the command again.`,
  });
