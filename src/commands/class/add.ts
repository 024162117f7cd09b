import { type StudentsEdit, withStudent } from "../../class/edit-students.ts";
import { withClassLock } from "../../class/record.ts";
import { exitCode, LabwrightError, messageOf } from "../../errors.ts";
import { rewrite } from "../../lab/rewrite.ts";
import { commandLine } from "../../session/command-line.ts";
import { print } from "../../ui/print.ts";
import { openClass } from "./shared.ts";

export interface ClassAddOptions {
  /** The class file; absent: class.yaml. */
  file?: string;
  /** The person's real name. */
  display?: string;
}

/** Adds a student to the class file, or to the list of students that it names. Makes no lab. */
export async function classAdd(name: string, { display, ...options }: ClassAddOptions): Promise<void> {
  const { one } = await openClass(options);
  const student = { name, ...(display !== undefined && { display }) };
  const { file } = await withClassLock(one.name, async () => {
    const edit = await withStudent((await openClass(options)).one, student);
    await writeStudents(edit);
    return edit;
  });
  print(
    `Added ${name} to ${file}. \`${commandLine(options, "class up", "--student", name)}\` makes the lab.\n`,
  );
}

/** Writes a change of a class's students. Throws `class-file-edit` (exit code 2) if the file cannot be written. */
export async function writeStudents({ file, text }: StudentsEdit): Promise<void> {
  await rewrite(file, text).catch((cause: unknown) => {
    throw new LabwrightError({
      code: "class-file-edit",
      message: `could not change ${file}: ${messageOf(cause)}`,
      remedy: "Make the file writable for you.",
      cause,
      exit: exitCode.usage,
    });
  });
}
