import type { Event, Outcome } from "../activity/activity.ts";
import type { Cost } from "../providers/types.ts";
import { count } from "../wording.ts";
import { jsonText } from "./json.ts";
import { type Entry, machineOf, ownError, playOf, recordingOf, withDescendants } from "./recording.ts";
import { noPaint, oneLine, type Paint } from "./text.ts";

/** `create`: nothing exists yet. `change`: something exists and differs. `unknown`: it could not be checked. */
export type ChangeKind = "create" | "change" | "unknown";

export interface Change {
  kind: ChangeKind;
  task: string;
  play?: string;
  /** In plain words. */
  differences: string[];
}

export interface Plan {
  /** The number of changes, without what could not be checked. */
  changes: number;
  unknown: number;
  machines: { name: string; changes: Change[] }[];
}

const reported: readonly (Outcome | undefined)[] = ["differs", "changed", "failed", "unreachable"];

/** The changes that `up` would make, by machine, in the order of the events. */
export function planOf(events: Iterable<Event>): Plan {
  const machines = new Map<string, Change[]>();
  for (const entry of recordingOf(events).roots.flatMap(withDescendants)) {
    if (!isChange(entry)) continue;
    const name = machineOf(entry) ?? "lab";
    machines.set(name, [...(machines.get(name) ?? []), changeOf(entry)]);
  }
  const all = [...machines.values()].flat();
  const unknown = all.filter(({ kind }) => kind === "unknown").length;
  return {
    changes: all.length - unknown,
    unknown,
    machines: [...machines].map(([name, changes]) => ({ name, changes })),
  };
}

/** A play differs because its tasks do: only leaves count. */
function isChange(entry: Entry): boolean {
  if (entry.kind === "check" || !reported.includes(entry.outcome)) return false;
  if (entry.children.some((child) => withDescendants(child).some(isChange))) return false;
  return entry.kind !== "run" || ownError(entry) !== undefined;
}

function changeOf(entry: Entry): Change {
  const play = playOf(entry);
  const error = ownError(entry);
  const differences = error && entry.details.length === 0 ? [error.message] : entry.details;
  return { kind: kindOf(entry), task: entry.title, ...(play !== undefined && { play }), differences };
}

/** What steps and providers report if nothing exists yet. */
const nothingThere =
  /\b(missing|absent|not there|not exist|no such|not found|not installed|there is no|knows no|is gone)\b/i;

function kindOf({ outcome, details }: Entry): ChangeKind {
  if (outcome === "failed" || outcome === "unreachable") return "unknown";
  return details.length > 0 && details.every((detail) => nothingThere.test(detail)) ? "create" : "change";
}

const marks = { create: ["green", "+"], change: ["yellow", "~"], unknown: ["red", "?"] } as const;

export interface PlanTextOptions {
  paint?: Paint;
  /** The name of this computer in events, which is not a machine of the lab. */
  thisComputer?: string;
}

/**
 * The plan for a person: for each machine what would change and why, then the total. Machines with the same changes share
 * one block. Ends with a newline.
 */
export function planText(
  events: Iterable<Event>,
  { paint = noPaint, thisComputer }: PlanTextOptions = {},
): string {
  const plan = planOf(events);
  const blocks = new Map<string, string[]>();
  for (const { name, changes } of plan.machines) {
    const text = together(changes)
      .map((group) => changeText(group, { paint, machine: name }))
      .join("\n");
    const names = blocks.get(text) ?? [];
    blocks.set(text, [...names, name === thisComputer ? "this computer" : oneLine(name)]);
  }
  const texts = [...blocks].map(([text, names]) => `${paint("bold", names.join(", "))}\n${text}`);
  return `${[...texts, paint("bold", totalText(plan, thisComputer))].join("\n\n")}\n`;
}

/** The plan for a program: a `Plan`, with `cost` if machines cost something, as one JSON document. Ends with a newline. */
export const planJson = (events: Iterable<Event>, cost?: Cost): string =>
  `${jsonText({ ...planOf(events), ...(cost && { cost }) }, 2)}\n`;

/** `Costs 0.0456 EUR an hour: 3 servers of the type cpx22 in nbg1.`, or why that is unknown. Ends with a newline. */
export const costText = (cost: Cost): string =>
  "hourly" in cost
    ? `Costs ${cost.hourly.toFixed(4)} ${cost.currency} an hour: ${cost.for}.\n`
    : `Costs money, for ${cost.for}: ${cost.untold}.\n`;

/** Neighbours that differ for the same reason: all tasks of a machine that does not exist. */
function together(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.[0];
    const isSame =
      last?.kind === change.kind && last.differences.join("\n") === change.differences.join("\n");
    if (isSame && change.differences.length > 0) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}

function changeText(group: readonly Change[], { paint, machine }: { paint: Paint; machine: string }): string {
  const [first] = group;
  if (!first) return "";
  const [colour, mark] = marks[first.kind];
  const tasks = group.map(({ task }) => oneLine(task)).join(", ");
  const reasons = first.differences.map((difference) => `      ${withoutName(oneLine(difference), machine)}`);
  return [`  ${paint(colour, `${mark} ${first.kind}`)}  ${tasks}`, ...reasons].join("\n");
}

/** The machine's name is above its changes; without it, equal changes on several machines can be recognised. */
const withoutName = (difference: string, machine: string): string =>
  [`${machine}: `, `${machine} `].reduce(
    (text, name) => (text.startsWith(name) ? text.slice(name.length) : text),
    difference,
  );

function totalText({ changes, unknown, machines }: Plan, thisComputer: string | undefined): string {
  const changing = machines.filter((machine) => machine.changes.some(({ kind }) => kind !== "unknown"));
  const ofLab = changing.filter(({ name }) => name !== thisComputer).length;
  const places = [
    ...(ofLab > 0 ? [count(ofLab, "machine")] : []),
    ...(ofLab < changing.length ? ["this computer"] : []),
  ];
  const total = changes === 0 ? "Nothing to do" : `${count(changes, "change")} on ${places.join(" and ")}`;
  return unknown === 0
    ? total
    : `${changes === 0 ? "" : `${total}; `}${count(unknown, "task")} could not be looked at`;
}
