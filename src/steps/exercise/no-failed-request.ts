import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { behind, strangersBehind } from "../../kubernetes/behind.ts";
import { jsonOf, kubectl, type List } from "../../kubernetes/kubectl.ts";
import { meansSame, objectName } from "../../kubernetes/objects.ts";
import { step } from "../step.ts";

/** What `web load` prints each second: see infra/modules/web. */
interface Record {
  asked: number;
  failed: number;
  versions: string[];
  failure?: string;
}

/** The record is the asking pod's own, since its start. */
export const noFailedRequest = step({
  summary:
    "Expects a Deployment to have changed to other images, one after another, without one failed request of a pod that asked all the time.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    deployment: objectName.describe("The Deployment that changes its image."),
    container: objectName.describe("The container of its pods."),
    customer: objectName.describe(
      "The Deployment whose pod runs `web load` and is ready as soon as that has begun its record.",
    ),
    service: objectName.describe("The Service that the customer asks."),
    images: z
      .array(z.string().regex(/:[^:/]+$/, "an image with a tag is expected"))
      .min(2)
      .describe(
        "The images in their order, the first being there at the start; the tag is the version that they answer with.",
      ),
    patch: z
      .record(z.string(), z.unknown())
      .describe("What the Deployment lacks, as `kubectl patch` takes it; `solve` uses it."),
  }),
  example: {
    namespace: "shop",
    deployment: "web",
    container: "web",
    customer: "customer",
    service: "web",
    images: ["labwright/web:1", "labwright/web:2"],
    patch: { spec: { minReadySeconds: 2 } },
  },

  probe: ({ namespace, customer }) => ({
    behind: behind(namespace),
    record: kubectl(sh`-n ${namespace} logs deployment/${customer} --tail=1`),
  }),

  check: (facts, params) => {
    const { customer, images } = params;
    // Anyone who can replace the customer can make it print anything.
    const forged = [...customerDifferences(facts.behind, params), ...strangersBehind(facts.behind, params)];
    if (forged.length > 0) return forged;
    const record = jsonOf<Record>(facts.record);
    if (!record || record.asked === 0) return [`${customer} has had no answer so far`];
    const { asked, failed, failure = "", versions } = record;
    const seen = versions.join(", then ") || "none";
    const expected = images.map(versionOf);
    return [
      ...(failed === 0
        ? []
        : [`${failed} of ${asked} requests of ${customer} failed: ${shortened(failure)}`]),
      ...(endsWith(versions, expected)
        ? []
        : [
            `versions that have answered ${customer} alone: ${seen} seen, ${expected.join(", then ")} expected`,
          ]),
    ];
  },

  apply: async (host, { namespace, deployment, container, customer, images, patch }) => {
    const inNamespace = (command: Command) => kubectl(sh`-n ${namespace} ${command}`, 120);
    const rolledOut = (name: string) => inNamespace(sh`rollout status deployment/${name} --timeout=120s`);
    const [first = "", ...others] = images;
    const goTo = (image: string) => sh`
      ${inNamespace(sh`set image deployment/${deployment} ${`${container}=${image}`}`)} && ${rolledOut(deployment)} || exit 1`;
    await host.run(sh`
      ${inNamespace(sh`patch deployment ${deployment} --patch ${JSON.stringify(patch)}`)} || exit 1
      ${goTo(first)}
      ${inNamespace(sh`rollout restart deployment/${customer}`)} && ${rolledOut(customer)} || exit 1`);
    for (const image of others) {
      await host.run(sh`${goTo(image)}; ${answered(versionOf(image))}`);
    }

    /** Waits until only one version answers. */
    function answered(version: string): Command {
      return sh`for i in $(seq 60); do
        ${inNamespace(sh`logs deployment/${customer} --tail=1`)} | grep -q ${`"${version}"]`} && break; sleep 0.5
      done`;
    }
  },

  patience: { seconds: 30, for: "the customer's record" },
});

interface Pod {
  kind: string;
  metadata: {
    name: string;
    labels?: { app?: string };
    deletionTimestamp?: string;
    ownerReferences?: { name: string; controller?: boolean }[];
  };
  spec: {
    containers: {
      image: string;
      command?: string[];
      args?: string[];
      volumeMounts?: { mountPath: string }[];
    }[];
    initContainers?: unknown[];
    hostAliases?: unknown[];
    hostNetwork?: boolean;
    dnsConfig?: unknown;
  };
}

/** The differences of the customer's pods from the exercise's manifest. */
function customerDifferences(
  fact: Output,
  { customer, service, images }: { customer: string; service: string; images: readonly string[] },
): string[] {
  const all = jsonOf<List<Pod>>(fact)?.items;
  if (!all) return ["the API server does not answer"];
  const ownerOf = (kind: string, name: string | undefined): string | undefined =>
    all
      .find((one) => one.kind === kind && one.metadata.name === name)
      ?.metadata.ownerReferences?.find(({ controller }) => controller)?.name;
  const mine = all.filter(
    ({ kind, metadata }) =>
      kind === "Pod" && metadata.labels?.app === customer && metadata.deletionTimestamp === undefined,
  );
  return mine.flatMap(({ metadata: { name }, spec }) => {
    const [container, ...others] = spec.containers;
    const isWhole =
      ownerOf("ReplicaSet", ownerOf("Pod", name)) === customer &&
      others.length === 0 &&
      container !== undefined &&
      meansSame(container.image, images[0]) &&
      container.command === undefined &&
      isDeepStrictEqual(container.args, ["load", `http://${service}/`]) &&
      (container.volumeMounts ?? []).every(({ mountPath }) => mountPath === tokenFolder) &&
      [spec.initContainers, spec.hostAliases, spec.hostNetwork, spec.dnsConfig].every((one) => !one);
    return isWhole
      ? []
      : [`the pod ${name} is not the customer of this exercise, so its record counts for nothing`];
  });
}

const tokenFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

const versionOf = (image: string): string => image.slice(image.lastIndexOf(":") + 1);

const endsWith = (list: readonly string[], end: readonly string[]): boolean =>
  end.length <= list.length && list.slice(list.length - end.length).every((one, index) => one === end[index]);

/** Go's errors begin with the method and the URL, which are known already. */
const shortened = (failure: string): string => failure.replace(/^Get "[^"]*": /, "");
