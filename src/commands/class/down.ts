import type { Activity } from "../../activity/activity.ts";
import { chosen } from "../../class/class-file.ts";
import { keepResults } from "../../class/gradebook.ts";
import { keepHistories } from "../../class/history.ts";
import { forgetClass, recordOf, withClassLock, writeRecord } from "../../class/record.ts";
import { leftRehearsal } from "../../class/rehearsal.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { removeLab } from "../down.ts";
import { eachStudent, type Outcome, resultsOf, tellFailures } from "./each.ts";
import { type ClassOptions, openClass } from "./shared.ts";

export interface ClassDownOptions extends ClassOptions {
  /** Forgets the results too. */
  forget?: boolean;
}

const wayOn = "Run `labwright class down` again to remove the rest.";

/**
 * Deletes the labs of a class, also those of students whom the class file does not name any more, and that of a rehearsal. The students'
 * results stay.
 */
export async function classDown({ student = [], ...options }: ClassDownOptions): Promise<void> {
  if (options.forget && student.length > 0)
    throw new LabwrightError({
      code: "options-exclude",
      message: "--forget forgets the results of the whole class, and takes no --student",
      remedy: "Leave one of the two out.",
      exit: exitCode.usage,
    });
  const { one } = await openClass(options);
  await withClassLock(one.name, async () => {
    const record = await recordOf(one);
    const everybody = { ...one, students: [...new Set([...one.students, ...record.students])] };
    // A lab that only has such a name is not the class's.
    const students = chosen(everybody, student).filter((name) => record.students.includes(name));
    const rehearsal = student.length === 0 ? leftRehearsal(record) : undefined;
    const all = [...students, ...(rehearsal ? [rehearsal.student] : [])];
    const gone = new Set<string>();
    const work = (activity: Activity) =>
      eachStudent<number>(everybody, all, activity, {
        title: "down",
        jobs: options.jobs,
        classOf: (name) =>
          name === rehearsal?.student ? { ...everybody, provider: rehearsal.provider } : everybody,
        outcome: (removed) => (removed > 0 ? "changed" : "ok"),
        run: async (session, inner, name) => {
          let removed = 0;
          await removeLab(session, async (takeAway) => {
            if (name !== rehearsal?.student) {
              await keepResults(one, name);
              await keepHistories(one, name);
            }
            removed = (await takeAway(inner)).removed.length;
          });
          gone.add(name);
          return removed;
        },
      });
    try {
      const { result: outcomes } = await show(`class down ${one.name}`, { ...options, wayOn }, work);
      const isForgotten = Boolean(options.forget) && gone.size === all.length;
      if (!options.json) print(summaryOf(outcomes, isForgotten));
      tellFailures(outcomes);
    } finally {
      const left = record.students.filter((name) => !gone.has(name));
      const { measured, rehearsal: last, ...rest } = record;
      const isCleared = last === undefined || gone.has(last.student);
      await writeRecord(one.name, {
        ...{ ...rest, students: left },
        ...(left.length > 0 && measured && { measured }),
        ...(!isCleared && { rehearsal: last }),
      });
      if (options.forget && left.length === 0 && isCleared) await forgetClass(one.name);
    }
  });
}

function summaryOf(outcomes: readonly Outcome<number>[], isForgotten: boolean): string {
  const removed = resultsOf(outcomes).filter(({ result }) => result > 0).length;
  const results = isForgotten
    ? "The results are forgotten"
    : "The results stay: `labwright class export` has them";
  return `Taken away: ${count(removed, "lab")}. ${results}.\n`;
}
