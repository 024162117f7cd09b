import { z } from "zod";
import { installations, networkOf } from "../../components/network/networks.ts";
import type { Installation, NetworkSettings } from "../../components/network/pod-network.ts";
import { addressOf } from "../../engine/address.ts";
import type { CheckContext } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import { appliedDifference, askApplied, deleteApplied } from "../../kubernetes/applied-manifest.ts";
import { applyFile } from "../../kubernetes/kubectl.ts";
import { apiMachineOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { quietly } from "../../linux/programs.ts";
import { step } from "../step.ts";

const fileOf = (plugin: string): string => `/etc/labwright/${plugin}.yaml`;

const pluginOf = ({ cluster }: Lab): string => cluster.network.plugin;

/** Networks that labwright can install, and that the lab file does not name. */
const othersOf = (lab: Lab) => installations().filter(([plugin]) => plugin !== pluginOf(lab));

const settingsOf = (context: CheckContext): NetworkSettings => ({
  podSubnet: context.lab.cluster.network.podSubnet,
  own: context.lab.cluster.network.settings,
  apiServer: addressOf(context, apiMachineOf(context.lab)),
});

const settingsText = ({ podSubnet, own, apiServer }: NetworkSettings): string =>
  JSON.stringify({ podSubnet, ...own, apiServer });

const titleOf = ({ name, version }: Installation): string => `${name} ${version}`;

const heading = (installation: Installation, context: CheckContext): string =>
  `# Written by labwright: ${titleOf(installation)} ${settingsText(settingsOf(context))} ${installation.revision}`;

export const podNetwork = step({
  summary:
    "Installs the pod network that the lab file names, from its release's manifest with the lab's settings.",
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    ...askApplied(fileOf(pluginOf(lab))),
    others: sh`for name in ${othersOf(lab).map(([plugin]) => plugin)}; do
      [ ! -e ${"/etc/labwright/"}"$name".yaml ] || echo "$name"
    done`,
  }),

  check: (facts, _, context) => {
    const { installation } = networkOf(context.lab.cluster);
    const [other] = installedIn(facts.others.stdout, context.lab);
    if (other)
      return [`${titleOf(other)} is installed, and the lab file names the plugin ${pluginOf(context.lab)}`];
    if (!installation) return [];
    return appliedDifference(facts, heading(installation, context), installation.name);
  },

  prepare: async (_, context) => {
    const { installation } = networkOf(context.lab.cluster);
    if (installation) await context.artifacts.manifest(installation.images.manifest, quietly(context));
  },

  apply: async (host, _, context, facts) => {
    const { lab } = context;
    const { installation } = networkOf(lab.cluster);
    const [other] = installedIn(facts.others.stdout, lab);
    if (other) throw cannotReplace(titleOf(other), lab);
    if (!installation) return;
    const file = fileOf(pluginOf(lab));
    const manifest = await context.artifacts.manifest(installation.images.manifest, quietly(context));
    const adapted = await installation.adapt(manifest.text, settingsOf(context));
    await host.write({ path: file, content: `${heading(installation, context)}\n${adapted}` });
    await host.run(applyFile(file));
  },

  undo: async (host) => {
    for (const [plugin] of installations()) await host.run(deleteApplied(fileOf(plugin)));
  },

  within: "cluster",
  patience: { seconds: 60, for: "the API server to have the pod network's objects" },
});

const installedIn = (listed: string, lab: Lab): Installation[] =>
  othersOf(lab).flatMap(([plugin, installation]) =>
    listed.split("\n").includes(plugin) ? [installation] : [],
  );

const cannotReplace = (title: string, lab: Lab): LabwrightError =>
  new LabwrightError({
    code: "network-differs",
    message: `cannot replace the pod network of the lab ${lab.name}: ${title} is installed, and pods have its addresses`,
    remedy:
      "Run `labwright down`, then `labwright up`; or name the installed plugin in `cluster.network.plugin`.",
  });
