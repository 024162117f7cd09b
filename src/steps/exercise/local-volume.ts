import { z } from "zod";
import { onMachine } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import { applyInput, kubectl } from "../../kubernetes/kubectl.ts";
import { objectName, objectsIn, placeOfObject } from "../../kubernetes/objects.ts";
import { isControlPlane, nodesOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { writeAllYaml } from "../../lab/yaml.ts";
import { step } from "../step.ts";

/** Below it each volume has its folder, on one node. */
const volumesFolder = "/var/lib/labwright/volumes";

export const localVolume = step({
  summary:
    "Creates a PersistentVolume on the disk of one node, and a StorageClass for it that creates no volumes itself.",
  params: z.strictObject({
    name: objectName.describe("The name of the PersistentVolume."),
    storageClass: objectName.describe("The name of the StorageClass."),
    size: z
      .string()
      .regex(/^[1-9]\d*[KMG]i$/, "a size is expected, such as 100Mi")
      .describe("The capacity that the volume states."),
  }),
  example: { name: "shelf", storageClass: "shelves", size: "100Mi" },

  probe: ({ name, storageClass }, { lab }) => ({
    objects: kubectl(
      sh`get ${[`persistentvolume/${name}`, `storageclass/${storageClass}`]} --ignore-not-found -o json`,
    ),
    folder: onMachine(nodeOf(lab), sh`test -d ${folderOf(name)}`),
  }),

  check: (facts, { name, storageClass }, { lab }) => {
    const objects = objectsIn(facts.objects);
    if (!objects) return ["the API server does not answer"];
    return [
      ...[
        ["PersistentVolume", name],
        ["StorageClass", storageClass],
      ]
        .filter(
          ([kind, one]) => !objects.some((object) => object.kind === kind && object.metadata.name === one),
        )
        .map(([kind, one]) => `the ${kind} ${one} is missing`),
      ...(facts.folder.code === 0 ? [] : [`${nodeOf(lab)} has no folder for the volume ${name}`]),
    ];
  },

  apply: async (host, { name, storageClass, size }, { lab, on }) => {
    const node = nodeOf(lab);
    const path = folderOf(name);
    // Programs in containers have numbers of users that the machine does not know.
    await (await on(node)).run(sh`mkdir -p ${path} && chmod 777 ${path}`);
    const objects = [
      {
        apiVersion: "storage.k8s.io/v1",
        kind: "StorageClass",
        metadata: { name: storageClass },
        provisioner: "kubernetes.io/no-provisioner",
        volumeBindingMode: "WaitForFirstConsumer",
      },
      {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name },
        spec: {
          capacity: { storage: size },
          accessModes: ["ReadWriteOnce"],
          persistentVolumeReclaimPolicy: "Retain",
          storageClassName: storageClass,
          local: { path },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
              ],
            },
          },
        },
      },
    ];
    await host.run(sh`printf %s ${writeAllYaml(objects)} | ${applyInput}`);
  },

  places: ({ name, storageClass }) => [
    placeOfObject({ apiVersion: "v1", kind: "PersistentVolume", metadata: { name } }),
    placeOfObject({ apiVersion: "v1", kind: "StorageClass", metadata: { name: storageClass } }),
  ],

  undo: async (host, { name, storageClass }, { lab, on }) => {
    const objects = [`persistentvolume/${name}`, `storageclass/${storageClass}`];
    await host.run(kubectl(sh`delete ${objects} --ignore-not-found --timeout=60s`, 60));
    await (await on(nodeOf(lab))).run(sh`
      rm -rf --one-file-system ${folderOf(name)}
      [ ! -d ${volumesFolder} ] || rmdir --ignore-fail-on-non-empty ${volumesFolder}`);
  },
});

const folderOf = (name: string): string => `${volumesFolder}/${name}`;

/** The first worker; a pod that is to use the volume has to go there. */
function nodeOf(lab: Lab): string {
  const nodes = nodesOf(lab);
  return (nodes.find((one) => !isControlPlane(one)) ?? nodes[0])?.name ?? "";
}
