import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { askerDifferences, askerOf, reason, webIn } from "../../kubernetes/asking.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { createdBy, ofKind, podsAndOwners, podsOf, replicaSetsOf } from "../../kubernetes/owned.ts";
import { step } from "../step.ts";

/** Each pod writes its name into the file DIARY when it starts, and shows all names: see infra/modules/web. */
export const volumeOutlivesPod = step({
  summary:
    "Expects a Deployment's pod to show what an earlier pod of the Deployment wrote into a PersistentVolumeClaim.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    deployment: objectName.describe("The Deployment, whose pod writes its name into the file DIARY."),
    claim: objectName.describe("The PersistentVolumeClaim that the pod mounts."),
    path: z.string().startsWith("/", "an absolute path is expected").describe("Where the claim is mounted."),
  }),
  example: { namespace: "shop", deployment: "ledger", claim: "ledger-data", path: "/data" },

  probe: ({ namespace, deployment }) => {
    const asker = { namespace, from: `deployment/${deployment}` };
    return {
      page: webIn(asker, ["get", "http://localhost:8080/"]),
      asker: askerOf(asker),
      objects: podsAndOwners(namespace, ["events", "persistentvolumeclaims"]),
    };
  },

  check: ({ page, asker, objects: fact }, { namespace, deployment, claim, path }) => {
    const objects = objectsIn(fact);
    if (!objects) return ["the API server does not answer"];
    const found = ofKind(objects, "PersistentVolumeClaim").find(({ metadata }) => metadata.name === claim);
    if (!found) return [`the PersistentVolumeClaim ${claim} is missing`];
    const phase = valuesAt(found, ["status", "phase"])[0];
    if (phase !== "Bound") return [`the PersistentVolumeClaim ${claim} is ${phase}, Bound expected`];
    const [pod, ...others] = podsOf(objects, deployment);
    if (!pod || others.length > 0)
      return [`the deployment ${deployment} has ${others.length + (pod ? 1 : 0)} pods, 1 expected`];
    if (!isMounted(pod, claim, path))
      return [`the pod ${pod.metadata.name} does not have the claim ${claim} at ${path}`];
    if (page.code !== 0) return [`the pod of the deployment ${deployment} ${reason(page.stdout)}`];
    return [
      ...askerDifferences(asker, { namespace, from: `deployment/${deployment}` }),
      ...diaryDifferences(
        pod.metadata.name,
        diaryIn(page),
        createdBy(objects, replicaSetsOf(objects, deployment)),
      ),
    ];
  },

  apply: async (host, { namespace, deployment }, _, facts) => {
    const [pod] = podsOf(objectsIn(facts.objects) ?? [], deployment);
    if (!pod) return;
    await host.run(sh`
      ${kubectl(sh`-n ${namespace} delete pod ${pod.metadata.name} --grace-period=1`, 60)} &&
      ${kubectl(sh`-n ${namespace} rollout status deployment/${deployment} --timeout=60s`, 60)}`);
  },

  patience: { seconds: 60, for: "the pod that comes after" },
});

function isMounted(pod: KubeObject, claim: string, path: string): boolean {
  const volumes = valuesAt(pod, ["spec", "volumes", "*"]) as {
    name: string;
    persistentVolumeClaim?: { claimName: string };
  }[];
  const mounts = valuesAt(pod, "spec.containers.*.volumeMounts.*".split(".")) as {
    name: string;
    mountPath: string;
  }[];
  const volume = volumes.find(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim);
  return mounts.some(
    ({ name, mountPath }) => name === volume?.name && mountPath.replace(/\/+$/, "") === path,
  );
}

const diaryIn = ({ stdout }: Output): string[] => /^diary: (.*)$/m.exec(stdout)?.[1]?.split(", ") ?? [];

function diaryDifferences(pod: string, diary: readonly string[], created: ReadonlySet<string>): string[] {
  const strangers = diary.filter((name) => name !== pod && !created.has(name));
  if (strangers.length > 0)
    return strangers.map((name) => `the diary names ${name}, which was never a pod of the deployment`);
  if (diary.at(-1) !== pod) return [`the diary does not end with the pod ${pod}`];
  return diary.length > 1 ? [] : [`the diary names the pod ${pod} alone, and an earlier one is expected`];
}
