import { z } from "zod";
import { type CheckContext, type Facts, onMachine } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { platformOf } from "../../hosts/platform.ts";
import { sh } from "../../hosts/sh.ts";
import { uncordon } from "../../kubernetes/drain.ts";
import { askNodes, jsonOf, type List } from "../../kubernetes/kubectl.ts";
import { askRunsInstalled, runsReplaced } from "../../kubernetes/kubelet.ts";
import { nodeFolder, nodeProgram } from "../../kubernetes/node-programs.ts";
import { kubernetesNode, kubernetesNodeBefore } from "../../kubernetes/program-sets.ts";
import { waitForKubelet } from "../../kubernetes/wait-for-node.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { backUp, reportLeft, restoreCommand } from "../../linux/backup.ts";
import { serviceState } from "../../linux/files.ts";
import { quietly, send, versionDifference, versionOf } from "../../linux/programs.ts";
import { minorBefore, releasesOf } from "../../versions.ts";
import { step } from "../step.ts";

const owner = "kubelet-outdated";

/** Apart from the records of the lab's own steps, which have noted already that these programs were not there. */
const records = "/var/lib/labwright/exercises";
const record = `${records}/${owner}`;

const names = ["kubeadm", "kubelet"] as const;

/** Where kubeadm copies a kubelet's configuration before it writes a new one. */
const copies = "/etc/kubernetes/tmp";

interface Node {
  metadata: { name: string };
  spec?: { unschedulable?: boolean };
  status?: { nodeInfo?: { kubeletVersion: string } };
}

const outdated = ({ lab }: Pick<CheckContext, "lab">): string =>
  releasesOf(minorBefore(lab.cluster.version)).kubernetes;

export const kubeletOutdated = step({
  summary:
    "Gives a worker kubeadm and kubelet of the minor release before the lab's, and puts those of the lab into a folder, for an exercise; undoing also uncordons the worker.",
  params: z.strictObject({
    folder: z
      .string()
      .startsWith("/", "an absolute path is expected")
      .describe("An existing folder that gets the lab's kubeadm and kubelet."),
  }),
  example: { folder: "/opt/kubernetes" },

  probe: ({ folder }, { lab }) => ({
    kubeadm: sh`${nodeProgram("kubeadm")} version -o short`,
    kubelet: versionOf(nodeProgram("kubelet")),
    state: serviceState("kubelet"),
    installed: askRunsInstalled,
    offered: sh`ls ${folder}`,
    begun: sh`test -e ${record}`,
    nodes: onMachine(controlPlaneOf(lab), askNodes),
  }),

  check: (facts, { folder }, context) => [
    ...names.flatMap((name) => versionDifference(name, facts[name], outdated(context))),
    ...(runsReplaced(facts.state, facts.installed) ? ["the kubelet has not been restarted"] : []),
    ...names
      .filter((name) => !facts.offered.stdout.split("\n").includes(name))
      .map((name) => `${folder}/${name} is missing`),
  ],

  refuse: (facts, _, context) => (facts.begun.code === 0 ? undefined : refusalOf(facts, context)),

  apply: async (host, { folder }, context) => {
    const { lab, machine, artifacts } = context;
    const platform = await platformOf(host);
    const [own, before] = await Promise.all([
      artifacts.programs(kubernetesNode, platform, quietly(context)),
      artifacts.programs(kubernetesNodeBefore, platform, quietly(context)),
    ]);
    await host.run(backUp(owner, { files: names.map(nodeProgram), freshFolders: { [copies]: [] } }, records));
    await send(host, context, own, folder, names);
    await send(host, context, before, nodeFolder, names);
    await host.run(sh`systemctl restart kubelet`);
    context.note("waiting for the older kubelet");
    await waitForKubelet(await context.on(controlPlaneOf(lab)), machine, outdated(context));
  },

  places: () => [...names.map(nodeProgram), copies].map((name) => ({ kind: "file", name })),

  // It does not wait for the node: what else a student has changed there may be undone only after this.
  undo: async (host, _, context) => {
    const { code } = await host.run(sh`test -e ${record}`, { accept: [0, 1] });
    if (code !== 0) return;
    const { lab, machine } = context;
    await uncordon(await context.on(controlPlaneOf(lab)), machine.name);
    await host.run(
      sh`[ ! -d ${copies} ] || find ${copies} -mindepth 1 -maxdepth 1 -newer ${record}/list -exec rm -r {} +`,
    );
    reportLeft(context, await host.run(restoreCommand(owner, records)));
    await host.run(sh`systemctl reset-failed kubelet 2>/dev/null; systemctl restart kubelet`);
  },
});

/** A person's cordon would be lifted at the end, and a kubelet must not be newer than the control plane. */
function refusalOf({ nodes }: Facts<"nodes">, { lab, machine }: CheckContext): LabwrightError | undefined {
  const release = `v${releasesOf(lab.cluster.version).kubernetes}`;
  const all = jsonOf<List<Node>>(nodes)?.items ?? [];
  const other = all.find(({ status }) => status?.nodeInfo?.kubeletVersion !== release);
  if (other)
    return new LabwrightError({
      code: "lab-outdated",
      message: `the kubelet of ${other.metadata.name} is ${other.status?.nodeInfo?.kubeletVersion}, not ${release}, the lab's`,
      remedy: "Run `labwright up` first.",
    });
  if (all.some(({ metadata, spec }) => metadata.name === machine.name && spec?.unschedulable))
    return new LabwrightError({
      code: "node-cordoned",
      message: `the node ${machine.name} is cordoned, and the exercise would lift that`,
      remedy: `Run \`kubectl uncordon ${machine.name}\`, then start the exercise again.`,
    });
  return undefined;
}
