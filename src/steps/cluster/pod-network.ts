import { z } from "zod";
import type { StepContext } from "../../artifacts/step-context.ts";
import { installations, networkOf } from "../../components/network/networks.ts";
import type { Installation, NetworkSettings } from "../../components/network/pod-network.ts";
import { removeNetwork } from "../../components/node/remove-network.ts";
import type { CheckContext } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { apiAddressOf } from "../../kubernetes/api-address.ts";
import { appliedDifference, askApplied, deleteApplied } from "../../kubernetes/applied-manifest.ts";
import { applyFile } from "../../kubernetes/kubectl.ts";
import { subnetsOf } from "../../lab/ip-families.ts";
import type { Lab } from "../../lab/types.ts";
import { quietly } from "../../linux/programs.ts";
import { step } from "../step.ts";

const fileOf = (plugin: string): string => `/etc/labwright/${plugin}.yaml`;

const pluginOf = ({ cluster }: Lab): string => cluster.network.plugin;

/** Networks that labwright can install, and that the lab file does not name. */
const othersOf = (lab: Lab) => installations().filter(({ plugin }) => plugin !== pluginOf(lab));

function settingsOf(context: CheckContext): NetworkSettings {
  const { network } = context.lab.cluster;
  const [, podSubnet6] = subnetsOf(network).podSubnet;
  return {
    podSubnet: network.podSubnet,
    ...(podSubnet6 !== undefined && { podSubnet6 }),
    own: network.settings,
    apiServer: apiAddressOf(context),
  };
}

const settingsText = ({ own, apiServer, ...subnets }: NetworkSettings): string =>
  JSON.stringify({ ...subnets, ...own, apiServer });

const titleOf = ({ name, version }: Installation): string => `${name} ${version}`;

const heading = (installation: Installation, context: CheckContext): string =>
  `# Written by labwright: ${titleOf(installation)} ${settingsText(settingsOf(context))} ${installation.revision}`;

export const podNetwork = step({
  summary:
    "Installs the pod network that the lab file names, from its release's manifest with the lab's settings.",
  params: z.strictObject({}),

  probe: (_, { lab }) => ({
    ...askApplied(fileOf(pluginOf(lab))),
    others: sh`for name in ${othersOf(lab).map(({ plugin }) => plugin)}; do
      [ ! -e ${"/etc/labwright/"}"$name".yaml ] || echo "$name"
    done`,
  }),

  check: (facts, _, context) => {
    const { installation } = networkOf(context.lab.cluster);
    const [other] = installedIn(facts.others.stdout, context.lab);
    if (other)
      return [
        `${titleOf(other.installation)} is installed, and the lab file names the plugin ${pluginOf(context.lab)}`,
      ];
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
    if (other) {
      context.note(`replacing ${titleOf(other.installation)}: all pods start again`);
      await removeNetwork(host, context, other.network, fileOf(other.plugin));
    }
    if (installation) await install(host, context, installation);
    if (other) await host.run(sh`rm -f ${fileOf(other.plugin)}`);
  },

  undo: async (host) => {
    for (const { plugin } of installations()) await host.run(deleteApplied(fileOf(plugin)));
  },

  within: "cluster",
  patience: { seconds: 60, for: "the API server to have the pod network's objects" },
});

async function install(host: Host, context: StepContext, installation: Installation): Promise<void> {
  const file = fileOf(pluginOf(context.lab));
  const manifest = await context.artifacts.manifest(installation.images.manifest, quietly(context));
  const adapted = await installation.adapt(manifest.text, settingsOf(context));
  await host.write({ path: file, content: `${heading(installation, context)}\n${adapted}` });
  await host.run(applyFile(file));
}

const installedIn = (listed: string, lab: Lab) =>
  othersOf(lab).filter(({ plugin }) => listed.split("\n").includes(plugin));
