import { existsSync } from "node:fs";
import { emptyStore } from "../../artifacts/lazy.ts";
import { exerciseFolders, findExercise } from "../../exercises/find.ts";
import { missingNeeds } from "../../exercises/needs.ts";
import { type Result, readResult } from "../../exercises/results.ts";
import { readStates } from "../../exercises/state.ts";
import { loadLab } from "../../lab/load.ts";
import { knownPlaybooks } from "../../playbooks/load.ts";
import { type LabOptions, labFile } from "../../session/session.ts";
import { printJson } from "../../ui/print.ts";
import { table } from "../../ui/summary.ts";
import { oneLine, span } from "../../ui/text.ts";
import { say } from "./shared.ts";

/** All exercises, with what this lab lacks for each and the state of each. Connects to nothing. */
export async function list(options: LabOptions): Promise<void> {
  const isWithLab = options.file !== undefined || existsSync("lab.yaml");
  const file = isWithLab ? labFile(options) : "lab.yaml";
  const lab = isWithLab
    ? await loadLab(file, { knownPlaybooks: await knownPlaybooks(), ...options })
    : undefined;
  const states = lab ? await readStates(lab.name) : [];
  const names = [...(await exerciseFolders(file)).keys()];
  const results = await Promise.all(names.map((name) => lab && readResult(lab.name, name)));
  const loaded = await Promise.allSettled(names.map((name) => findExercise(file, name, emptyStore)));
  const rows = loaded.map((one, index) => {
    // An exercise that is being written must not hide the others; `prove` reports what is wrong with it.
    if (one.status === "rejected") return brokenRow(names[index] ?? "");
    const exercise = one.value;
    const { name, title, points, timeLimit } = exercise;
    const state = states.find((one) => one.name === name);
    const lacks = lab ? missingNeeds(exercise, lab).map((need) => need.name) : [];
    const result = results[index];
    const status = statusOf(state !== undefined, result, lacks);
    return { name, title, points, timeLimit, status, lacks, ...result };
  });
  if (options.json) printJson(rows, 2);
  const cells = rows.map(({ name, points, timeLimit, title, status }) => [
    name,
    `${points} points`,
    timeLimit === undefined ? "" : span(timeLimit * 1000),
    oneLine(title),
    status,
  ]);
  say(options, rows.length === 0 ? "There are no exercises.\n" : `${table(cells)}\n`);
}

/** The best result is kept, whatever happened to the lab since. */
function statusOf(isStarted: boolean, result: Result | undefined, lacks: readonly string[]): string {
  const { best } = result ?? {};
  const words = [
    ...(isStarted ? ["started"] : []),
    ...(best ? [`${best.passed ? "passed" : "best"}: ${best.points} of ${best.of} points`] : []),
  ];
  if (words.length > 0) return words.join(", ");
  return lacks.length > 0 ? `needs ${lacks.join(", ")}` : "";
}

const brokenRow = (name: string) => ({
  name,
  title: "",
  points: 0,
  timeLimit: undefined,
  status: `its files have errors: run \`labwright exercise prove ${name}\``,
  lacks: [],
});
