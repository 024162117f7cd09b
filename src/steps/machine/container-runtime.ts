import { z } from "zod";
import type { ProgramSet } from "../../artifacts/program-set.ts";
import type { StepContext } from "../../artifacts/step-context.ts";
import { networkContents } from "../../components/network/networks.ts";
import { changeRuntime, endpointFiles, type RuntimeChange } from "../../components/node/change-runtime.ts";
import type {
  ContainerRuntime,
  RuntimeFile,
  RuntimeNode,
} from "../../components/runtime/container-runtime.ts";
import { ofRuntimes, runtimeOf } from "../../components/runtime/runtimes.ts";
import type { Facts } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Host, Output } from "../../hosts/types.ts";
import { kubeletConf } from "../../kubernetes/kubectl.ts";
import { nodeFolder, nodeProgram } from "../../kubernetes/node-programs.ts";
import { cniPlugins, crictl } from "../../kubernetes/program-sets.ts";
import type { Lab } from "../../lab/types.ts";
import { backUp, reportLeft, restore, type Touched } from "../../linux/backup.ts";
import type { RuntimeHelper } from "../../linux/families/family.ts";
import { familyOf, osRelease } from "../../linux/family.ts";
import { contentOf, inactive, isOurs, serviceState, textDifference } from "../../linux/files.ts";
import { installPackages, removePackages } from "../../linux/packages.ts";
import { install, versionDifference, versionOf } from "../../linux/programs.ts";
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

/** The runtime's socket that the kubelet of a node asks, if it is another one. */
function otherEndpoint(facts: Facts, { cluster }: Lab): string | undefined {
  const endpoint = factOf(facts, "endpoint").stdout.trim();
  return endpoint === "" || endpoint === `unix://${runtimeOf(cluster).socket}` ? undefined : endpoint;
}

function probesOf(lab: Lab): Record<string, Command> {
  const { program, unit, files, helpers } = runtimeOf(lab.cluster);
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
    joined: sh`test -e ${kubeletConf}`,
    endpoint: sh`grep -hoE 'unix://[^" ]+' ${endpointFiles} 2>/dev/null | sort -u`,
    state: serviceState(unit),
    cgroup: sh`stat -fc %T /sys/fs/cgroup`,
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
    return [
      ...othersIn(facts, lab).map(({ name }) => `${name} is the machine's container runtime`),
      ...[otherEndpoint(facts, lab) ?? []].flat().map((socket) => `the kubelet uses ${socket}`),
      ...[...outdated(facts, lab).values()].flat(),
      ...missingHelpers(facts, runtime).map((name) => `${name} is not installed`),
      ...missingPlugins(facts).map((name) => `the CNI plugin ${name} is missing`),
      ...Object.entries(files).flatMap(([name, file]) =>
        fileDifference(file, factOf(facts, name), lab, node),
      ),
      ...inactive(unit, factOf(facts, "state")),
    ];
  },

  apply: async (host, _, context, facts) => {
    const other = othersIn(facts, context.lab).length > 0;
    const change: RuntimeChange = {
      uninstall: () => uninstall(host, context),
      install: async () => installRuntime(host, context, await factsOf(host, context.lab)),
    };
    if (factOf(facts, "joined").code === 0 && (other || otherEndpoint(facts, context.lab) !== undefined))
      return turns.run(
        0,
        () => changeRuntime(host, context, change),
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

/** Ends a runtime that labwright has installed. */
async function clear(host: Host, { name, files, others, clear }: ContainerRuntime): Promise<void> {
  const ifOurs = (command: Command) => sh`
      if grep -qs '^# Written by labwright' ${files.unit.path}; then
        ${command}
      fi
      true`;
  const left = others ? (await host.run(ifOurs(others))).stdout.trim() : "";
  if (left !== "") throw runtimeInUse(host.name, name, left.split("\n").join(", "));
  await host.run(ifOurs(clear));
}

const runtimeInUse = (machine: string, runtime: string, things: string): LabwrightError =>
  new LabwrightError({
    code: "runtime-in-use",
    message: `${runtime} on ${machine} has resources that neither labwright nor the kubelet created: ${things}`,
    remedy: `Remove them on ${machine}, then run the command again.`,
  });
