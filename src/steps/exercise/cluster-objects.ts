import { z } from "zod";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Output } from "../../hosts/types.ts";
import { applyFile, jsonOf, kubectl, type List } from "../../kubernetes/kubectl.ts";
import { objectName, placeOfObject } from "../../kubernetes/objects.ts";
import { writeAllYaml } from "../../lab/yaml.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { step } from "../step.ts";

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: objectName, namespace: objectName.optional() }),
});

interface KubeObject extends Pick<z.infer<typeof objectSchema>, "kind" | "metadata"> {
  spec?: { replicas?: number };
  status?: { availableReplicas?: number };
}

/** The step's own copy of what it made: it marks an attempt of ours, and `undo` deletes by it. */
const fileOf = (name: string): string => `/etc/labwright/objects/${name}.yaml`;

const ownerOf = (name: string): string => `cluster-objects-${name}`;

const shown = ({ kind, metadata: { name, namespace } }: KubeObject): string =>
  namespace === undefined ? `${kind} ${name}` : `${kind} ${name} in ${namespace}`;

const isSame = (one: KubeObject, other: KubeObject): boolean =>
  one.kind === other.kind &&
  one.metadata.name === other.metadata.name &&
  (other.metadata.namespace === undefined || one.metadata.namespace === other.metadata.namespace);

/** Whether a Deployment's pods are available; every other object is available at once. */
const isAvailable = ({ kind, spec, status }: KubeObject): boolean =>
  kind !== "Deployment" || (status?.availableReplicas ?? 0) >= (spec?.replicas ?? 1);

export const clusterObjects = step({
  summary: "Creates objects of the cluster that an exercise starts with; students may change them.",
  params: z.strictObject({
    name: objectName.describe("A name for this set of objects; another task needs another name."),
    objects: z.array(objectSchema).min(1).describe("Manifests, each with apiVersion, kind and metadata."),
  }),
  example: {
    name: "shop",
    objects: [
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "prices", namespace: "shop" },
        data: { bread: "2" },
      },
    ],
  },

  probe: ({ name, objects }) => ({
    present: sh`printf %s ${writeAllYaml(objects)} | ${kubectl(sh`get --ignore-not-found -o json -f -`)}`,
    mine: sh`test -e ${fileOf(name)}`,
  }),

  check: (facts, { objects }) => {
    if (facts.present.code !== 0) return ["the API server does not answer"];
    const present = presentIn(facts.present);
    return objects.flatMap((wanted) => {
      const found = present.find((one) => isSame(one, wanted));
      if (!found) return [`the ${shown(wanted)} is missing`];
      return isAvailable(found) ? [] : [`the ${shown(wanted)} has not all of its pods available`];
    });
  },

  apply: async (host, { name, objects }, _, facts) => {
    const present = presentIn(facts.present);
    const taken = objects.find((wanted) => present.some((found) => isSame(found, wanted)));
    if (taken && facts.mine.code !== 0) throw isTaken(taken);
    await host.run(backUp(ownerOf(name), { fresh: [fileOf(name)] }));
    await host.write({ path: fileOf(name), content: writeAllYaml(objects) });
    await host.run(applyFile(fileOf(name)));
  },

  places: ({ objects }) => objects.map((object) => placeOfObject(object)),

  undo: async (host, { name }, context) => {
    const file = fileOf(name);
    await host.run(
      sh`[ ! -e ${file} ] || ${kubectl(sh`delete --ignore-not-found -f ${file}`)} --timeout=60s`,
    );
    await restore(host, context, ownerOf(name));
  },

  patience: { seconds: 90, for: "the objects to be there" },
});

/** kubectl prints a single object as itself, not as a list of one, and nothing if there is none. */
function presentIn(fact: Output): KubeObject[] {
  const found = jsonOf<KubeObject | List<KubeObject>>(fact);
  if (found === undefined) return [];
  return "items" in found ? (found as List<KubeObject>).items : [found as KubeObject];
}

const isTaken = (object: KubeObject): LabwrightError =>
  new LabwrightError({
    code: "object-taken",
    message: `the cluster already has a ${shown(object)} that labwright did not create`,
    remedy: "Delete or rename it: the exercise needs that name.",
  });
