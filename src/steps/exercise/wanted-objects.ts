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
  /** As kubectl names it: `deployment/web`. */
  object: z.string().regex(/^[a-z]+\/[a-z0-9.-]+$/),
  at: fieldPath,
  /** What the field is called in differences. */
  as: z.string().min(1),
  /** What at least one of the values has to be; absent: anything. */
  is: z.unknown().optional(),
  /** How many values there have to be. */
  count: z.int().min(0).optional(),
});

type Graded = z.infer<typeof graded>;

const params = z.strictObject({
  namespace: objectName,
  /** One solution, of which only `graded` decides: whoever does the same in another way is right as well. */
  objects: z.array(kubeObject).min(1),
  graded: z.array(graded).default([]),
});

type Wanted = z.infer<typeof params>;

/** Objects in a namespace that are there and have certain fields, whoever made them and however. */
export const wantedObjects = step({
  params,

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
 * Makes an object, or puts it in the place of the one of its name, with nothing left of that: it is made anew where
 * its fields cannot be changed.
 */
function put(namespace: string, object: KubeObject): Command {
  const send = (verb: Command) =>
    sh`printf %s ${writeYaml(object)} | ${kubectl(sh`-n ${namespace} ${verb} -f -`, 60)}`;
  return sh`${send(sh`create`)} 2>/dev/null || ${send(sh`replace`)} 2>/dev/null ||
    ${send(sh`replace --force --grace-period=1`)}`;
}
