import type { Baseline } from "../../baseline/baseline.ts";
import { type Difference, differenceText, outermost } from "../../recording/differences.ts";
import type { Look } from "../../session/look.ts";
import { ageWords, count, inSeconds, listed } from "../../wording.ts";
import type { ResetResult } from "./way.ts";

/** Limits the list: somebody may have installed a whole program. */
const most = 40;

const limited = (lines: readonly string[]): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `and ${lines.length - most} more`];

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join("");

/** What a reset did, for people. Ends with a newline. */
export function resetText(result: ResetResult): string {
  const { refused, undone, proof, parts, exercises, without } = result;
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  const why = [...refused].flatMap(([machine, reasons]) => reasons.map((one) => `${machine} ${one}`));
  return [
    `Reset ${wayOf(result)} in ${inSeconds(seconds)}: ${parts.map((part) => `${part.title} ${inSeconds(part.seconds)}`).join(", ")}.\n`,
    ...(why.length > 0 ? ["Undoing the differences did not do:\n", indented(limited(why))] : []),
    ...without.flatMap(({ what, why }) => (why.length > 0 ? [`${what} did not do:\n`, indented(why)] : [])),
    ...(undone.length > 0 ? ["Undone:\n", indented(limited(outermost(undone).map(differenceText)))] : []),
    ...(exercises.length > 0
      ? [`Not started any more: ${exercises.join(", ")}. Their results are kept.\n`]
      : []),
    "Proof:\n",
    indented(proof),
  ].join("");
}

function wayOf({ rebuilt, spare, snapshot, undone }: ResetResult): string {
  if (spare) return `by taking the spare ${spare.set}, made ${ageWords(spare.age)} ago,`;
  if (snapshot)
    return `by restoring the snapshot ${snapshot.name}, saved at ${snapshot.saved}, and undoing ${count(undone.length, "difference")},`;
  return rebuilt.length > 0
    ? `by creating ${listed(rebuilt)} again`
    : `by undoing ${count(undone.length, "difference")}`;
}

const words: Record<Difference["how"], string> = {
  extra: "would be removed",
  gone: "would be put back",
  changed: "would be put back as it was",
};

/** What a reset would do, for people. Ends with a newline. */
export function differencesText({ differences, blind }: Look, { recorded }: Baseline): string {
  const lines = [
    ...blind.map(({ machine, why }) => `${machine} ${why}`),
    ...outermost(differences).map(
      ({ machine, kind, name, how }) => `${machine}: the ${kind} ${name} ${words[how]}`,
    ),
  ];
  if (lines.length === 0) return `Nothing to reset: the lab is as it was on ${recorded}.\n`;
  return `Compared with the baseline of ${recorded}:\n${indented(lines)}`;
}
