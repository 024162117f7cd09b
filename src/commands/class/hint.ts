import { labOptionsOf } from "../../class/labs.ts";
import { hint } from "../exercise/hint.ts";
import { assertOfClass, openMade } from "./shared.ts";

export interface ClassHintOptions {
  /** The class file; absent: class.yaml. */
  file?: string;
  student: string;
  json?: boolean;
}

/** Takes the next hint of an exercise for a student, if it is unlocked, as `labwright exercise hint` does in the student's lab. */
export async function classHint(
  exercise: string,
  { student, json, ...options }: ClassHintOptions,
): Promise<void> {
  const { one } = await openMade({ ...options, student: [student] });
  assertOfClass(one, exercise);
  await hint(exercise, { ...labOptionsOf(one, student), ...(json !== undefined && { json }) });
}
