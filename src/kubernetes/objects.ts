import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Place } from "../engine/step.ts";
import type { Output } from "../hosts/types.ts";
import { label, longestName } from "../lab/names.ts";
import { jsonOf, type List } from "./kubectl.ts";

/** A Kubernetes object of any kind, as in a manifest or from the API server. */
export const kubeObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().optional() }),
});

export type KubeObject = z.infer<typeof kubeObject>;

/** The name of an object, for most kinds. */
export const objectName = z
  .string()
  .max(longestName)
  .regex(label, "the name of an object is expected: lower-case letters, digits and hyphens");

/** As kubectl names an object: `deployment/web`. */
export const referenceTo = ({ kind, metadata }: KubeObject): string =>
  `${kind.toLowerCase()}/${metadata.name}`;

/** An object as a place that a step owns; a namespace with everything in it. */
export const placeOfObject = (object: KubeObject, namespace = object.metadata.namespace): Place =>
  object.kind === "Namespace"
    ? { kind: "namespace", name: object.metadata.name }
    : {
        kind: "object",
        name: [object.kind.toLowerCase(), namespace, object.metadata.name].filter(Boolean).join("/"),
      };

/** The objects that `kubectl get -o json` printed: a list, a single one, or nothing; undefined if it failed. */
export function objectsIn(fact: Output): KubeObject[] | undefined {
  if (fact.code !== 0) return undefined;
  const found = jsonOf<List<KubeObject> | KubeObject>(fact);
  if (found === undefined) return [];
  return Array.isArray(found.items) ? (found.items as KubeObject[]) : [found as KubeObject];
}

/** `spec.template.spec.containers.*.image`, or a list if a key has a dot; `*` is every member. */
export const fieldPath = z.union([
  z
    .string()
    .min(1)
    .transform((path) => path.split(".")),
  z.array(z.string().min(1)).min(1),
]);

/** All values at a path of an object; absent members have none. */
export function valuesAt(object: unknown, [key, ...rest]: readonly string[]): unknown[] {
  if (key === undefined) return object === undefined || object === null ? [] : [object];
  if (typeof object !== "object" || object === null) return [];
  const members =
    key === "*" ? Object.values(object) : Object.hasOwn(object, key) ? [Reflect.get(object, key)] : [];
  return members.flatMap((member) => valuesAt(member, rest));
}

/** Whether two values of a field mean the same: `nginx` is docker.io's `library/nginx`, and 80 is "80". */
export const meansSame = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(plain(one), plain(other));

const plain = (value: unknown): unknown =>
  typeof value === "object" ? value : String(value).replace(/^docker\.io\/(library\/)?/, "");
