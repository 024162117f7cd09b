import { dirname, join } from "node:path";
import { emptyStore } from "../../artifacts/lazy.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { findExercise } from "../../exercises/find.ts";
import type { Exercise } from "../../exercises/types.ts";
import type { LabOptions } from "../../session/session.ts";
import { printJson } from "../../ui/print.ts";
import { printMarkdown } from "./shared.ts";

/** Shows an exercise's solution: the commands, and why they work. Needs no lab, and connects to nothing. */
export async function solution(name: string, { file = "lab.yaml", json }: LabOptions): Promise<void> {
  const exercise = await findExercise(file, name, emptyStore);
  if (exercise.solution === undefined) throw noSolution(exercise);
  if (json) printJson({ exercise: name, solution: exercise.solution }, 2);
  else printMarkdown(exercise.solution);
}

const noSolution = ({ name, file }: Exercise): LabwrightError =>
  new LabwrightError({
    code: "no-solution",
    message: `the exercise ${name} has no text on its solution`,
    remedy: `Write it into ${join(dirname(file), "solution.md")}, or see what \`labwright exercise solve ${name}\` does.`,
    exit: exitCode.usage,
  });
