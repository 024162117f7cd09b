import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { step } from "../step.ts";

interface Container {
  name: string;
  volumeMounts?: { name: string; mountPath: string; subPath?: string }[];
}

export const podSharesVolume = step({
  summary:
    "Expects a container of a pod to mount a volume at a path, and another container of the pod to mount the same volume.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    pod: objectName.describe("The name of the pod."),
    container: objectName.describe("The container that has the volume at `path`."),
    path: z
      .string()
      .startsWith("/", "an absolute path is expected")
      .describe("Where the volume is mounted in `container`."),
    with: objectName.describe("The other container, which has the same volume."),
  }),
  example: { namespace: "shop", pod: "web", container: "web", path: "/usr/share/nginx/html", with: "writer" },

  probe: ({ namespace, pod }) => ({
    pod: kubectl(sh`-n ${namespace} get ${`pod/${pod}`} --ignore-not-found -o json`),
  }),

  check: (facts, { pod, container, path, with: other }) => {
    const objects = objectsIn(facts.pod);
    if (!objects) return ["the API server does not answer"];
    const [object] = objects;
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
