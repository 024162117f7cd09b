import { type Class, chosen } from "../../class/class-file.ts";
import { withoutStudent } from "../../class/edit-students.ts";
import { recordOf, withClassLock } from "../../class/record.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { commandLine } from "../../session/command-line.ts";
import { print } from "../../ui/print.ts";
import { writeStudents } from "./add.ts";
import { classDown } from "./down.ts";
import { openClass } from "./shared.ts";

export interface ClassRemoveOptions {
  /** The class file; absent: class.yaml. */
  file?: string;
  /** Deletes the student's lab first. */
  down?: boolean;
}

/**
 * Removes a student from the class file, or from the list of students that it names. The results stay. Throws `lab-exists` (exit code
 * 2) while the class has a lab for the student, unless it is to be deleted too.
 */
export async function classRemove(
  name: string,
  { down = false, ...options }: ClassRemoveOptions,
): Promise<void> {
  const { one } = await openClass(options);
  chosen(one, [name]);
  // A file that cannot be changed is reported before a lab is deleted.
  await withoutStudent(one, name);
  if (down) {
    await classDown({ ...options, student: [name] });
    // `class down` has said why.
    if (await hasLab(one, name)) return;
  }
  const { file } = await withClassLock(one.name, async () => {
    const { one: now } = await openClass(options);
    if (await hasLab(now, name)) throw labExists(now, name, options);
    chosen(now, [name]);
    const edit = await withoutStudent(now, name);
    await writeStudents(edit);
    return edit;
  });
  print(
    `Removed ${name} from ${file}. The results stay: \`${commandLine(options, "class add", name)}\` brings the student back.\n`,
  );
}

const hasLab = async (one: Class, name: string): Promise<boolean> =>
  (await recordOf(one)).students.includes(name);

const labExists = (one: Class, name: string, options: ClassRemoveOptions): LabwrightError =>
  new LabwrightError({
    code: "lab-exists",
    message: `the class "${one.name}" has a lab for ${name}`,
    remedy: `Delete it too with \`${commandLine(options, "class remove", name, "--down")}\`, which keeps the results.`,
    exit: exitCode.usage,
  });
