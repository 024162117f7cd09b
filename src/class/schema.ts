import { z } from "zod";
import { providers } from "../lab/available.ts";
import { choice, labName } from "../lab/fields.ts";
import type { Form } from "../lab/form.ts";
import { shown } from "../lab/nearest.ts";
import { displayName, mostStudents, studentName } from "./students.ts";
import { time } from "./times.ts";

/** Minutes between two background checks of an exercise, and the most that can be written: a day. */
export const checkMinutes = 5;
const mostCheckMinutes = 24 * 60;

const student = z.union([
  studentName,
  z.strictObject({
    name: studentName,
    display: displayName.optional().describe("The person's real name, for cards and exports."),
  }),
]);

export const isListFile = (value: unknown): value is string =>
  typeof value === "string" && /\.csv$/i.test(value);

/** The path of a list of students. Another type is reported as if a list was expected: nobody means a path by `true`. */
const listFile = z
  .unknown()
  .transform((value, context) => {
    if (isListFile(value)) return value;
    if (typeof value === "string")
      context.addIssue({
        code: "custom",
        message: `students is the text ${shown(value)}`,
        params: {
          remedy: "write a whole number, a list of names, or the path of a CSV file such as students.csv",
        },
      });
    else context.addIssue({ code: "invalid_type", expected: "array", input: value });
    return z.NEVER;
  })
  .meta({ type: "string", pattern: "\\.[cC][sS][vV]$" });

const exercise = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().min(1),
    opens: time.optional().describe("Before this time `class start` needs --early."),
    closes: time.optional().describe("What is checked after this time does not count."),
  }),
]);

const checks = z.strictObject({
  every: z
    .int()
    .min(0)
    .max(mostCheckMinutes)
    .default(checkMinutes)
    .describe("So many minutes are between two background checks of an exercise; 0 for none."),
});

export const classSchema = z.strictObject({
  name: labName.describe("The class's name. A student's lab is called <class>-<student>."),
  lab: z
    .string()
    .min(1)
    .default("lab.yaml")
    .describe("The lab file, from this file's folder: every student gets a lab like it."),
  students: z
    .union([z.int().min(1).max(mostStudents), z.array(student).min(1).max(mostStudents), listFile])
    .describe(
      "Their names, or a CSV file with them, or how many there are: then they are called s01, s02, and so on.",
    ),
  exercises: z
    .array(exercise)
    .min(1)
    .optional()
    .describe("The exercises of the class, in the order in which they are listed and exported."),
  checks: checks.optional().describe("The checks that the board makes in the background."),
  provider: choice("provider", providers)
    .optional()
    .describe("What creates the machines, instead of the lab file's."),
});

export const classFileSchema = (): unknown => z.toJSONSchema(classSchema, { io: "input" });

export const classForm: Form = {
  whole: "a class file",
  schema: classFileSchema,
  remedy: "see docs/class.md for every key",
  example: "begin with keys, such as `name: autumn` and `students: 12`",
  places: { "students.*": "a student", "exercises.*": "an exercise" },
};
