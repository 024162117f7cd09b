import { z } from "zod";
import { type Scene, step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { calicoVersion } from "../versions.ts";
import { adaptation, adapted, type Settings } from "./shared/calico-manifest.ts";
import { applyFile, kubectl } from "./shared/kubectl.ts";
import { addressOf, controlPlaneOf } from "./shared/lab.ts";
import { quietly } from "./shared/programs.ts";

const file = "/etc/labwright/calico.yaml";

const settingsOf = (scene: Scene): Settings => ({
  podSubnet: scene.lab.cluster.network.podSubnet,
  typha: scene.lab.cluster.network.typha,
  apiServer: addressOf(scene, controlPlaneOf(scene.lab)),
});

/** The first line of the file that was applied: equal lines mean equal files. */
const heading = (scene: Scene): string =>
  `# Written by labwright: Calico ${calicoVersion} ${JSON.stringify(settingsOf(scene))} ${adaptation}`;

/** Calico from its release's own manifest, changed as data, by server-side apply. */
export const calico = step({
  params: z.strictObject({}),

  probe: () => ({
    heading: sh`head -n 1 ${file}`,
    wanted: sh`grep -c '^kind:' ${file}`,
    // Reading each object back by name costs one request each; their number tells that none was taken away.
    present: kubectl(sh`get -f ${file} --ignore-not-found -o name`),
  }),

  check: (facts, _, scene) => {
    if (facts.heading.stdout.trim() !== heading(scene))
      return ["Calico has not been applied with the lab's settings"];
    const missing =
      Number(facts.wanted.stdout) - facts.present.stdout.split("\n").filter((line) => line !== "").length;
    return missing > 0 ? [`${missing} of Calico's objects are missing`] : [];
  },

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
    await host.run(
      sh`[ ! -e ${file} ] || { ${kubectl(sh`delete --ignore-not-found -f ${file}`)} && rm ${file}; }`,
    );
  },

  within: "cluster",
  patience: { seconds: 60, for: "the API server to have Calico's objects" },
});
