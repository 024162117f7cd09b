import { z } from "zod";
import { adaptation, adapted, type Settings } from "../../components/network/calico/manifest.ts";
import { addressOf } from "../../engine/address.ts";
import type { Scene } from "../../engine/step.ts";
import { appliedDifference, askApplied, deleteApplied } from "../../kubernetes/applied.ts";
import { applyFile } from "../../kubernetes/kubectl.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { quietly } from "../../linux/programs.ts";
import { calicoVersion } from "../../versions.ts";
import { step } from "../step.ts";

const file = "/etc/labwright/calico.yaml";

const settingsOf = (scene: Scene): Settings => ({
  podSubnet: scene.lab.cluster.network.podSubnet,
  typha: scene.lab.cluster.network.typha,
  apiServer: addressOf(scene, controlPlaneOf(scene.lab)),
});

const heading = (scene: Scene): string =>
  `# Written by labwright: Calico ${calicoVersion} ${JSON.stringify(settingsOf(scene))} ${adaptation}`;

export const calico = step({
  summary: "Installs Calico as the pod network, from the manifest of its release, by server-side apply.",
  params: z.strictObject({}),

  probe: () => askApplied(file),

  check: (facts, _, scene) => appliedDifference(facts, heading(scene), "Calico"),

  prepare: (_, site) => site.artifacts.manifest("calico-typha", quietly(site)),

  apply: async (host, _, site) => {
    const manifest = await site.artifacts.manifest("calico-typha", quietly(site));
    await host.write({
      path: file,
      content: `${heading(site)}\n${adapted(manifest.text, settingsOf(site))}`,
    });
    await host.run(applyFile(file));
  },

  undo: async (host) => {
    await host.run(deleteApplied(file));
  },

  within: "cluster",
  patience: { seconds: 60, for: "the API server to have Calico's objects" },
});
