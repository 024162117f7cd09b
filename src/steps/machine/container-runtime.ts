import { z } from "zod";
import type { ProgramSet } from "../../artifacts/program-set.ts";
import { networkContents } from "../../components/network/networks.ts";
import type {
  ContainerRuntime,
  RuntimeFile,
  RuntimeNode,
} from "../../components/runtime/container-runtime.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import type { Facts, Probes } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { nodeFolder, nodeProgram } from "../../kubernetes/node-programs.ts";
import { cniPlugins, crictl } from "../../kubernetes/program-sets.ts";
import type { Lab } from "../../lab/types.ts";
import { backUp, restore, type Touched } from "../../linux/backup.ts";
import { contentOf, inactive, isOurs, serviceState, textDifference } from "../../linux/files.ts";
import { install, versionDifference, versionOf } from "../../linux/programs.ts";
import { step } from "../step.ts";

const owner = "container-runtime";
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

/** What differs of the release of each set of programs, by set. */
const outdated = (facts: Facts, { cluster }: Lab): Map<ProgramSet, string[]> => {
  const { name, programs } = runtimeOf(cluster);
  const range = (set: ProgramSet) => set.packaged.range(cluster.version);
  return new Map([
    [programs, versionDifference(name, factOf(facts, "version"), range(programs))],
    [crictl, versionDifference("crictl", factOf(facts, "crictlVersion"), range(crictl))],
  ]);
};

export const containerRuntime = step({
  summary:
    "Installs the container runtime with the CNI plugins and crictl, and configures its cgroup driver, sandbox image and mirror.",
  params: z.strictObject({}),

  probe: (_, { lab }): Probes => {
    const { program, unit, files } = runtimeOf(lab.cluster);
    return {
      version: versionOf(program),
      crictlVersion: versionOf(nodeProgram("crictl")),
      cni: sh`cd ${cniFolder} && ls`,
      ...Object.fromEntries(Object.entries(files).map(([name, { path }]) => [name, contentOf(path)])),
      state: serviceState(unit),
      cgroup: sh`stat -fc %T /sys/fs/cgroup`,
      capabilities: sh`awk '/^CapBnd/ { print $2 }' /proc/1/status`,
    };
  },

  check: (facts, _, { lab }) => {
    const { unit, files } = runtimeOf(lab.cluster);
    const node = nodeIn(facts);
    return [
      ...[...outdated(facts, lab).values()].flat(),
      ...missingPlugins(facts).map((name) => `the CNI plugin ${name} is missing`),
      ...Object.entries(files).flatMap(([name, file]) =>
        fileDifference(file, factOf(facts, name), lab, node),
      ),
      ...inactive(unit, factOf(facts, "state")),
    ];
  },

  apply: async (host, _, context, facts) => {
    const { lab } = context;
    const runtime = runtimeOf(lab.cluster);
    if (!isOurs(factOf(facts, "unit"))) await host.run(backUp(owner, touchedBy(runtime)));
    for (const [set, differences] of outdated(facts, lab))
      if (differences.length > 0) await install(host, context, set, nodeFolder);
    if (missingPlugins(facts).length > 0) await install(host, context, cniPlugins, cniFolder);
    const node = nodeIn(facts);
    for (const { path, text } of Object.values(runtime.files)) {
      const content = text(lab, node);
      if (content === undefined) await host.run(sh`rm -f ${path}`);
      else await host.write({ path, content });
    }
    await host.run(sh`
      systemctl daemon-reload
      systemctl enable --quiet ${runtime.unit}
      systemctl restart ${runtime.unit}`);
  },

  undo: async (host, _, context) => {
    const { programs, unit, files, clear } = runtimeOf(context.lab.cluster);
    await host.run(sh`
      if [ -e ${files.unit.path} ]; then
        ${clear}
      fi
      true`);
    for (const { name } of [cniPlugins, crictl, programs, { name: owner }])
      await restore(host, context, name);
    await host.run(sh`systemctl daemon-reload; systemctl reset-failed ${unit} 2>/dev/null; true`);
  },

  patience: { seconds: 20, for: "the container runtime to answer" },
});
