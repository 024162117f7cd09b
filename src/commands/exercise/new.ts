import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exitCode, LabwrightError } from "../../errors.ts";
import { assertName, exerciseFolders } from "../../exercises/find.ts";
import { template } from "../../template.ts";
import { print } from "../../ui/print.ts";

export interface NewOptions {
  file?: string;
}

/** Creates an exercise's files beside the lab file; never overwrites one. */
export async function newExercise(name: string, { file = "lab.yaml" }: NewOptions): Promise<void> {
  assertName(name);
  const other = (await exerciseFolders(file)).get(name);
  if (other !== undefined) throw thereIsOne(name, other);
  const folder = join(dirname(file), "exercises", name);
  await mkdir(folder, { recursive: true });
  for (const part of ["task.md", "exercise.yaml", "solution.md"])
    await writeFile(join(folder, part), template(`exercise/${part}`, { name }), { flag: "wx" });
  print(
    `${folder} is laid out. Fill in task.md, exercise.yaml and solution.md (docs/exercises.md), then: \`labwright exercise prove ${name}\`\n`,
  );
}

const thereIsOne = (name: string, folder: string): LabwrightError =>
  new LabwrightError({
    code: "exercise-twice",
    message: `there is an exercise ${name} already: ${folder}`,
    remedy: "Choose another name.",
    exit: exitCode.usage,
  });
