import { labOptionsOf } from "../../class/labs.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { assertOwn } from "../reset/own.ts";
import { resetLab } from "../reset/reset-lab.ts";
import { resetText } from "../reset/text.ts";
import { resettable } from "../reset.ts";
import { refillInBackground } from "../spare/background.ts";
import { eachStudent, resultsOf, tellFailures } from "./each.ts";
import { type ClassOptions, openClass } from "./shared.ts";

const wayOn = "Run the command again: it goes on from what it finds.";

/** Returns the labs of these students to their baselines, as `labwright reset` does with one. */
export async function classReset(student: readonly string[], options: ClassOptions): Promise<void> {
  const { one, students } = await openClass({ ...options, student });
  const { result: outcomes } = await show(`class reset ${one.name}`, { ...options, wayOn }, (activity) =>
    eachStudent(one, students, activity, {
      title: "reset",
      jobs: options.jobs,
      run: async (session, inner, name) => {
        assertOwn(session);
        const machines = session.lab.machines.map(({ name }) => name);
        const work = async () =>
          resetLab({ session, activity: inner, ...(await resettable(session)), machines });
        const done = await withLabLock(session, work, { amidRestore: true });
        await refillInBackground(session, labOptionsOf(one, name));
        return done;
      },
    }),
  );
  if (!options.json)
    print(
      resultsOf(outcomes)
        .map(({ student: name, result }) => `${name}: ${resetText(result)}`)
        .join("\n"),
    );
  tellFailures(one, outcomes);
}
