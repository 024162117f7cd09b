import { exerciseFolders } from "../exercises/find.ts";
import { type Finding, isRecord, valueAt } from "../lab/finding.ts";
import { longestLabName } from "../lab/names.ts";
import { choose, shown } from "../lab/nearest.ts";
import type { Path } from "../lab/yaml.ts";
import { countedStudents, lengthFlaw, mostStudents } from "./students.ts";
import { clock, time } from "./times.ts";

/** What only several values of a class file together show. A value that is wrong by itself is reported by the schema. */
export function crossFindings(value: unknown): Finding[] {
  const name = valueAt(value, ["name"]);
  return [
    ...repeated(named(value, "students"), "student"),
    ...repeated(named(value, "exercises"), "exercise"),
    ...(typeof name === "string" ? tooLong(name, value) : []),
    ...crossedTimes(value),
  ];
}

/** Exercises that neither labwright nor the folder `exercises` beside the lab file has. */
export async function unknownExercises(value: unknown, labFile: string): Promise<Finding[]> {
  const exercises = named(value, "exercises");
  if (exercises.length === 0) return [];
  const known = [...(await exerciseFolders(labFile)).keys()];
  return exercises
    .filter(({ name }) => name !== "" && !known.includes(name))
    .map(({ name, path }) => ({
      path,
      message: `there is no exercise ${shown(name)}`,
      remedy: choose(name, known),
    }));
}

interface Named {
  name: string;
  path: Path;
}

/** The names in a list, whose items are names or have one. */
function named(value: unknown, key: "students" | "exercises"): Named[] {
  const list = valueAt(value, [key]);
  return (Array.isArray(list) ? list : []).flatMap((one: unknown, index): Named[] => {
    if (typeof one === "string") return [{ name: one, path: [key, index] }];
    const name = valueAt(one, ["name"]);
    return typeof name === "string" ? [{ name, path: [key, index, "name"] }] : [];
  });
}

const repeated = (list: readonly Named[], what: string): Finding[] =>
  list
    .filter(({ name }, index) => list.findIndex((one) => one.name === name) < index)
    .map(({ name, path }) => ({
      path,
      message: `the ${what} ${name} is here a second time`,
      remedy: "delete one of the two",
    }));

function tooLong(name: string, value: unknown): Finding[] {
  const students = valueAt(value, ["students"]);
  if (typeof students === "number" && students >= 1 && students <= mostStudents) {
    const [first] = countedStudents(students);
    const length = longestLabName - 1 - (first?.name.length ?? 0);
    return first && name.length > length
      ? [
          {
            path: ["name"],
            message: `the labs would have names such as ${name}-${first.name}, of more than ${longestLabName} characters`,
            remedy: `use a name of at most ${length} characters`,
          },
        ]
      : [];
  }
  return named(value, "students").flatMap(({ name: student, path }) => {
    const flaw = lengthFlaw(name, student);
    return flaw ? [{ path, ...flaw }] : [];
  });
}

function crossedTimes(value: unknown): Finding[] {
  const list = valueAt(value, ["exercises"]);
  return (Array.isArray(list) ? list : []).flatMap((one: unknown, index): Finding[] => {
    if (!isRecord(one)) return [];
    const [opens, closes] = [time.safeParse(one.opens), time.safeParse(one.closes)];
    if (!opens.success || !closes.success || closes.data > opens.data) return [];
    return [
      {
        path: ["exercises", index, "closes"],
        message: `${String(one.name)} closes at ${clock(closes.data)}, and opens at ${clock(opens.data)}`,
        remedy: "write a time after the one at which it opens",
      },
    ];
  });
}
