import { z } from "zod";
import { onMachine } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import {
  type KubeObject,
  kubeObject,
  meansSame,
  objectName,
  objectsIn,
  valuesAt,
} from "../../kubernetes/objects.ts";
import { isReady } from "../../kubernetes/ready.ts";
import { controlPlaneOf } from "../../lab/roles.ts";
import { writeYaml } from "../../lab/yaml.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { step } from "../step.ts";

/** The annotations by which the API server's copy of a static pod is known; a kubelet deletes copies that it did not make. */
const annotations = { "kubernetes.io/config.mirror": undefined, "kubernetes.io/config.source": "file" };

export const staticPod = step({
  summary:
    "Expects a node's kubelet to run a static pod from a manifest file, ready and with certain images.",
  params: z.strictObject({
    file: objectName.describe(
      "The manifest's file that `solve` writes into /etc/kubernetes/manifests, without `.yaml`.",
    ),
    pod: kubeObject.describe("The pod's manifest. Of a student's pod only name, namespace and images count."),
  }),
  example: {
    file: "notice",
    pod: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "notice", namespace: "shop" },
      spec: { containers: [{ name: "web", image: "nginx:stable" }] },
    },
  },

  probe: ({ pod: { metadata } }, { lab, machine }) => ({
    pod: onMachine(
      controlPlaneOf(lab),
      kubectl(
        sh`-n ${metadata.namespace ?? "default"} get pod ${`${metadata.name}-${machine.name}`} --ignore-not-found -o json`,
      ),
    ),
  }),

  check: (facts, { pod: wanted }, { machine }) => {
    const name = `${wanted.metadata.name}-${machine.name}`;
    const pods = objectsIn(facts.pod);
    if (!pods) return ["the API server does not answer"];
    const [pod] = pods;
    if (!pod) return [`the cluster has no pod ${name}`];
    if (!isOfKubelet(pod, machine.name))
      return [`the pod ${name} was not made by the kubelet of ${machine.name} from a manifest file`];
    const [images, expected] = [imagesOf(pod), imagesOf(wanted)];
    return [
      ...(isReady(pod) ? [] : [`the pod ${name} is not ready: ${stateOf(pod)}`]),
      ...(images.length === expected.length && images.every((image, at) => meansSame(image, expected[at]))
        ? []
        : [`the pod ${name} runs ${images.join(" and ")}, ${expected.join(" and ")} expected`]),
    ];
  },

  apply: async (host, { file, pod }) => {
    await host.run(backUp(ownerOf(file), { files: [pathOf(file)] }));
    await host.write({ path: pathOf(file), content: writeYaml(pod), mode: 0o600 });
  },

  places: ({ file }) => [{ kind: "file", name: pathOf(file) }],

  undo: async (host, { file }, context) => {
    await restore(host, context, ownerOf(file));
  },

  patience: { seconds: 60, for: "the kubelet to start the pod" },
});

const ownerOf = (file: string): string => `static-pod-${file}`;

const pathOf = (file: string): string => `/etc/kubernetes/manifests/${file}.yaml`;

const isOfKubelet = ({ metadata }: KubeObject, node: string): boolean =>
  Object.entries(annotations).every(([key, value]) => {
    const [found] = valuesAt(metadata, ["annotations", key]);
    return found !== undefined && (value === undefined || found === value);
  }) &&
  valuesAt(metadata, ["ownerReferences", "*", "kind"]).includes("Node") &&
  valuesAt(metadata, ["ownerReferences", "*", "name"]).includes(node);

const imagesOf = (pod: KubeObject): string[] =>
  valuesAt(pod, ["spec", "containers", "*", "image"]).map(String);

const stateOf = (pod: KubeObject): string =>
  [
    ...valuesAt(pod, ["status", "containerStatuses", "*", "state", "waiting", "reason"]),
    ...valuesAt(pod, ["status", "phase"]),
  ].map(String)[0] ?? "unknown";
