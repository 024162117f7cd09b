import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { step } from "../step.ts";

interface Container {
  name: string;
  volumeMounts?: { name: string; mountPath: string; subPath?: string }[];
}

/** A container of a pod has a volume at a path which another container of the pod has too. Nothing is applied. */
export const podSharesVolume = step({
  params: z.strictObject({
    namespace: objectName,
    pod: objectName,
    container: objectName,
    path: z.string().startsWith("/"),
    with: objectName,
  }),

  probe: ({ namespace, pod }) => ({
    pod: kubectl(sh`-n ${namespace} get ${`pod/${pod}`} --ignore-not-found -o json`),
  }),

  check: (facts, { pod, container, path, with: other }) => {
    const found = objectsIn(facts.pod);
    if (!found) return ["the API server does not answer"];
    const [object] = found;
    if (!object) return [`the pod ${pod} is missing`];
    const volume = mountsOf(object, container).find(({ mountPath }) => trimmed(mountPath) === trimmed(path));
    if (!volume) return [`the container ${container} has no volume at ${path}`];
    return mountsOf(object, other).some(
      ({ name, subPath }) => name === volume.name && subPath === volume.subPath,
    )
      ? []
      : [`the volume that ${container} has at ${path} is not one that ${other} has too`];
  },
});

const mountsOf = (pod: KubeObject, name: string): NonNullable<Container["volumeMounts"]> =>
  (valuesAt(pod, ["spec", "containers", "*"]) as Container[]).find((one) => one.name === name)
    ?.volumeMounts ?? [];

const trimmed = (path: string): string => path.replace(/\/+$/, "");
