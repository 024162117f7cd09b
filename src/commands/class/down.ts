import { chosen } from "../../class/class-file.ts";
import { keepResults } from "../../class/gradebook.ts";
import { forgetClass, readRecord, withClassLock, writeRecord } from "../../class/record.ts";
import { show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { removeLab } from "../down.ts";
import { eachStudent, resultsOf, tellFailures } from "./each.ts";
import { type ClassOptions, openClass } from "./shared.ts";

export interface ClassDownOptions extends ClassOptions {
  /** Forgets the results too. */
  forget?: boolean;
}

const wayOn = "Run `labwright class down` again to remove the rest.";

/** Deletes the labs of a class, also those of students whom the class file does not name any more. Their results stay. */
export async function classDown({ student = [], ...options }: ClassDownOptions): Promise<void> {
  const { one } = await openClass(options);
  await withClassLock(one.name, async () => {
    const record = await readRecord(one.name);
    const everybody = { ...one, students: [...new Set([...one.students, ...record.students])] };
    const students = chosen(everybody, student);
    const { result: outcomes } = await show(`class down ${one.name}`, { ...options, wayOn }, (activity) =>
      eachStudent<number>(everybody, students, activity, {
        title: "down",
        jobs: options.jobs,
        outcome: (removed) => (removed > 0 ? "changed" : "ok"),
        run: async (session, inner, name) => {
          await keepResults(one, name);
          let removed = 0;
          await removeLab(session, async (work) => {
            removed = (await work(inner)).removed.length;
          });
          return removed;
        },
      }),
    );
    const gone = resultsOf(outcomes).map((outcome) => outcome.student);
    const left = record.students.filter((name) => !gone.includes(name));
    await writeRecord(one.name, left.length > 0 ? { ...record, students: left } : { students: [] });
    const isForgotten = options.forget && student.length === 0 && left.length === 0;
    if (isForgotten) await forgetClass(one.name);
    const removed = resultsOf(outcomes).filter(({ result }) => result > 0).length;
    if (!options.json)
      print(
        `Taken away: ${count(removed, "lab")}. ${isForgotten ? "The results are forgotten" : "The results stay: `labwright class export` has them"}.\n`,
      );
    tellFailures(one, outcomes);
  });
}
