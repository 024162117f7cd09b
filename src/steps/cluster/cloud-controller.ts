import { z } from "zod";
import {
  accessSecret,
  adapted,
  type Settings,
  secretName,
} from "../../components/cloud/hetzner/controller.ts";
import {
  hetznerControllerManifest,
  hetznerControllerVersion,
} from "../../components/cloud/hetzner/release.ts";
import type { CheckContext } from "../../engine/step.ts";
import { Secret, sh } from "../../hosts/sh.ts";
import { appliedDifference, askApplied } from "../../kubernetes/applied-manifest.ts";
import { applyFile, applyInput, ask } from "../../kubernetes/kubectl.ts";
import { cloudDefaults } from "../../lab/available.ts";
import { nameInCloud } from "../../lab/cloud.ts";
import { quietly } from "../../linux/programs.ts";
import { step } from "../step.ts";

const file = "/etc/labwright/cloud-controller.yaml";

const settingsOf = ({ lab }: CheckContext): Settings => ({
  network: nameInCloud(lab.name),
  location: lab.cloud?.region ?? cloudDefaults.hetzner.region,
  podSubnet: lab.cluster.network.podSubnet,
});

const heading = (settings: Settings): string =>
  `# Written by labwright: hcloud-cloud-controller-manager ${hetznerControllerVersion} ${JSON.stringify(settings)}`;

/** Its token is in a Secret of the cluster, because the controller reads it there. */
export const cloudController = step({
  summary:
    "Installs the cloud's own cloud-controller-manager, which initialises nodes and creates load balancers for Services.",
  params: z.strictObject({}),

  probe: () => ({
    ...askApplied(file),
    secret: ask(sh`-n kube-system get secret ${secretName} --ignore-not-found -o name`),
  }),

  check: (facts, _, context) => [
    ...appliedDifference(facts, heading(settingsOf(context)), "the cloud-controller-manager"),
    ...(facts.secret.stdout.trim() === ""
      ? [`the Secret ${secretName} with the cloud's token is missing`]
      : []),
  ],

  apply: async (host, _, context) => {
    const settings = settingsOf(context);
    const { text } = await context.artifacts.manifest(hetznerControllerManifest, quietly(context));
    const token = process.env.HCLOUD_TOKEN ?? "";
    await host.run(sh`printf %s ${new Secret(accessSecret(token, settings.network))} | ${applyInput}`);
    await host.write({ path: file, content: `${heading(settings)}\n${adapted(text, settings, token)}` });
    await host.run(applyFile(file));
  },

  within: "cluster",
  patience: { seconds: 60, for: "the API server to have the cloud-controller-manager's objects" },
});
