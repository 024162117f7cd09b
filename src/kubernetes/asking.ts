import { z } from "zod";
import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { kubectl } from "./kubectl.ts";
import { meansSame, objectsIn, valuesAt } from "./objects.ts";

/** A pod that asks with the program `web` of the exercises' images. */
export interface Asker {
  namespace: string;
  /** As `kubectl exec` takes it: `deployment/visitor`. */
  from: string;
  container?: string | undefined;
}

/** `deployment/visitor` in the parameters of a step. */
export const askerPattern = z
  .string()
  .regex(/^[a-z]+\/[a-z0-9-]+$/, "`kind/name` is expected, such as deployment/visitor");

/** Runs `web` with some words in the asking pod: see infra/modules/web. */
export const webIn = ({ namespace, from, container }: Asker, words: readonly string[]): Command =>
  kubectl(
    sh`-n ${namespace} exec ${from} ${container === undefined ? [] : ["-c", container]} -- web ${words} 2>&1`,
  );

export const askerOf = ({ namespace, from }: Asker): Command =>
  kubectl(sh`-n ${namespace} get ${from} --ignore-not-found -o json`);

interface Container {
  name: string;
  image: string;
}

/** Only the exercises' own program may ask: another image may have a `web` that prints anything. */
export function askerDifferences(fact: Output | undefined, { from, container }: Asker): string[] {
  const [object] = (fact && objectsIn(fact)) ?? [];
  const containers = ["spec.containers", "spec.template.spec.containers"]
    .flatMap((path) => valuesAt(object, path.split(".")))
    .flat() as Container[];
  const asker = containers.find(({ name }) => container === undefined || name === container);
  if (!asker || meansSame(asker.image.replace(/:[^:]*$/, ""), "labwright/web")) return [];
  return [
    `${from.replace("/", " ")} runs ${asker.image} instead of labwright/web, so its word counts for nothing`,
  ];
}

/** `asked from deployment visitor, http://shop/`: what every difference about a request begins with. */
export const askedFrom = ({ from }: Asker, what: string): string =>
  `asked from ${from.replace("/", " ")}, ${what}`;

/** Words for what kubectl and `web` print if there is no answer. */
const reasons: [RegExp, string][] = [
  [/no such host|server misbehaving/, "has a name that is not known"],
  [/connection refused/, "does not answer: connection refused"],
  [/status (\d+)/, "answers with status $1"],
  [/deadline exceeded|timeout|Timeout/, "does not answer in time"],
  [/\(NotFound\)|not found/, "cannot be asked: there is nothing to ask from"],
  [/container .* (is not valid|not found)/, "cannot be asked: there is no such container to ask from"],
];

export function reason(printed: string): string {
  for (const [pattern, words] of reasons) {
    const match = pattern.exec(printed);
    if (match) return words.replace("$1", match[1] ?? "");
  }
  return `cannot be asked: ${printed.trim().split("\n")[0]}`;
}

/** Whether a request was sent and nothing came back: what a dropped packet looks like. */
export const isUnanswered = (printed: string): boolean => reason(printed) === "does not answer in time";
