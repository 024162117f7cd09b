import type { Difference } from "./recording/record.ts";
import type { State } from "./state.ts";

const isOfMachine = ({ kind }: Difference): boolean => kind === "file" || kind.startsWith("docker ");

/** Where a thing is: its machine, or the cluster. */
export const placeOf = (one: Difference): string => (isOfMachine(one) ? one.machine : "cluster");

/**
 * Whether a thing that was made besides may be another started exercise's, so that a reset of `mine` must not take it
 * away: the other works at that place, and it is not `mine` alone whose parameters name the thing.
 */
export function mayBeOthers(one: Difference, mine: State, others: readonly State[]): boolean {
  const there = others.filter(({ places }) => places.includes(placeOf(one)));
  if (there.length === 0) return false;
  return !names(mine, one) || there.some((other) => names(other, one));
}

/** Whether a parameter of the exercise's steps is the thing's name, without or with its namespace. */
function names(state: State, { kind, name }: Difference): boolean {
  const short = kind === "file" ? name : name.slice(name.lastIndexOf("/") + 1);
  return wordsOf(state).some((word) => word === name || word === short);
}

/** A task's key is its machine and, as JSON, its step and parameters. */
const wordsOf = ({ tasks }: State): string[] =>
  tasks.flatMap((key) => stringsIn((JSON.parse(key.slice(key.indexOf(" ") + 1)) as unknown[])[1]));

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
