import { z } from "zod";
import { type Command, lines, sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import {
  fieldPath,
  type KubeObject,
  kubeObject,
  meansSame,
  objectName,
  objectsIn,
  placeOfObject,
  referenceTo,
  valuesAt,
} from "../../kubernetes/objects.ts";
import { writeYaml } from "../../lab/yaml.ts";
import { step } from "../step.ts";

const graded = z.strictObject({
  object: z
    .string()
    .regex(/^[a-z]+\/[a-z0-9.-]+$/, "`kind/name` is expected, such as deployment/web")
    .describe("One of the objects, as kubectl names it: `deployment/web`."),
  at: fieldPath.describe(
    "The path of the field, such as `spec.template.spec.containers.*.image`, where `*` is every member; a list if a key contains a dot.",
  ),
  as: z.string().min(1).describe("What differences call the field."),
  is: z
    .unknown()
    .optional()
    .describe("What at least one of the values has to be; without it, any value is right."),
  count: z.int().min(0).optional().describe("How many values there have to be."),
});

type Graded = z.infer<typeof graded>;

const params = z.strictObject({
  namespace: objectName.describe("The namespace."),
  objects: z
    .array(kubeObject)
    .min(1)
    .describe("Manifests that `solve` creates; of a student's objects only kind, name and `graded` count."),
  graded: z.array(graded).default([]).describe("The fields that are graded."),
});

type Wanted = z.infer<typeof params>;

export const kubeObjects = step({
  summary:
    "Expects objects in a namespace with certain values in certain fields, whoever created them and however.",
  params,
  example: {
    namespace: "shop",
    objects: [
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "prices" },
        data: { bread: "2", "rolls.txt": "1" },
      },
    ],
    graded: [
      { object: "configmap/prices", at: "data.bread", as: "the price of bread", is: "2" },
      { object: "configmap/prices", at: ["data", "rolls.txt"], as: "the price of rolls" },
    ],
  },

  probe: ({ namespace, objects }) => ({
    present: kubectl(sh`-n ${namespace} get ${objects.map(referenceTo)} --ignore-not-found -o json`),
  }),

  check: (facts, wanted) => {
    const present = objectsIn(facts.present);
    if (!present) return ["the API server does not answer"];
    return wanted.objects.flatMap((object) => differencesOf(object, wanted, present));
  },

  apply: async (host, wanted, _, facts) => {
    const differing = wanted.objects.filter(
      (object) => differencesOf(object, wanted, objectsIn(facts.present) ?? []).length > 0,
    );
    await host.run(lines([sh`set -e`, ...differing.map((object) => put(wanted.namespace, object))]));
  },

  places: ({ namespace, objects }) => objects.map((object) => placeOfObject(object, namespace)),

  undo: async (host, { namespace, objects }) => {
    await host.run(
      kubectl(sh`-n ${namespace} delete ${objects.map(referenceTo)} --ignore-not-found --grace-period=1`, 60),
    );
  },

  patience: { seconds: 30, for: "the API server to have the objects" },
});

function differencesOf(
  object: KubeObject,
  { namespace, graded }: Wanted,
  present: readonly KubeObject[],
): string[] {
  const reference = referenceTo(object);
  const found = present.find((one) => referenceTo(one) === reference);
  const name = reference.replace("/", " ");
  if (!found) return [`the ${name} is missing in the namespace ${namespace}`];
  return graded
    .filter((one) => one.object === reference)
    .flatMap((one) => fieldDifference(one, valuesAt(found, one.at)).map((what) => `the ${name}: ${what}`));
}

function fieldDifference({ as, is, count }: Graded, values: readonly unknown[]): string[] {
  if (count !== undefined)
    return values.length === count ? [] : [`${as}: ${values.length} seen, ${count} expected`];
  if (values.length === 0) return [`${as}: nothing seen${is === undefined ? "" : `, ${shown(is)} expected`}`];
  if (is === undefined || values.some((value) => meansSame(value, is))) return [];
  return [`${as}: ${values.map(shown).join(" and ")} seen, ${shown(is)} expected`];
}

const shown = (value: unknown): string => (typeof value === "object" ? JSON.stringify(value) : String(value));

/**
 * Creates an object, or replaces the one with its name completely: it is created again if
 * its fields cannot be changed.
 */
function put(namespace: string, object: KubeObject): Command {
  const send = (verb: Command) =>
    sh`printf %s ${writeYaml(object)} | ${kubectl(sh`-n ${namespace} ${verb} -f -`, 60)}`;
  return sh`${send(sh`create`)} 2>/dev/null || ${send(sh`replace`)} 2>/dev/null ||
    ${send(sh`replace --force --grace-period=1`)}`;
}
