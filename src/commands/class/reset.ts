import type { Activity } from "../../activity/activity.ts";
import { labOptionsOf } from "../../class/labs.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type Session, show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { sentence } from "../../wording.ts";
import { assertOwn } from "../reset/own.ts";
import { resetLab } from "../reset/reset-lab.ts";
import { resetText } from "../reset/text.ts";
import type { ResetResult } from "../reset/way.ts";
import { resettable } from "../reset.ts";
import { refillInBackground } from "../spare/background.ts";
import { wantsSpares } from "../spare/shared.ts";
import { eachStudent, resultsOf, tellFailures } from "./each.ts";
import { type ClassOptions, openMade } from "./shared.ts";

const wayOn = "Run the command again: it goes on from what it finds.";

/** Returns the labs of these students to their baselines, as `labwright reset` does with one. */
export async function classReset(student: readonly string[], options: ClassOptions): Promise<void> {
  const { one, students } = await openMade({ ...options, student });
  const { result: outcomes } = await show(`class reset ${one.name}`, { ...options, wayOn }, (activity) =>
    eachStudent(one, students, activity, {
      title: "reset",
      jobs: options.jobs,
      run: async (session, inner, name) => {
        const done = await resetWhole(session, inner);
        // Thirty labs that are built at once in the background would keep those from working that are there.
        const isOnly = students.length === 1;
        const note = isOnly ? await refillInBackground(session, labOptionsOf(one, name)) : undefined;
        return { done, note, lacksSpares: !isOnly && wantsSpares(session) };
      },
    }),
  );
  if (!options.json) print(textOf(resultsOf(outcomes)));
  tellFailures(outcomes);
}

/** Returns all machines of a lab to their baseline. */
export async function resetWhole(session: Session, activity: Activity): Promise<ResetResult> {
  assertOwn(session);
  const machines = session.lab.machines.map(({ name }) => name);
  const work = async () => resetLab({ session, activity, ...(await resettable(session)), machines });
  return withLabLock(session, work, { amidRestore: true });
}

interface Done {
  done: ResetResult;
  note: string | undefined;
  lacksSpares: boolean;
}

const textOf = (results: readonly { student: string; result: Done }[]): string =>
  [
    ...results.map(({ student, result: { done, note } }) =>
      [`${student}: ${resetText(done)}`, ...(note === undefined ? [] : [`${sentence(note)}\n`])].join(""),
    ),
    ...(results.some(({ result }) => result.lacksSpares)
      ? ["`labwright class up` makes the spares that were taken.\n"]
      : []),
  ].join("\n");
