import { withLabLock } from "../../session/lab-lock.ts";
import { show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { assertPausable, pauseLab } from "../pause.ts";
import { eachStudent, resultsOf, tellFailures } from "./each.ts";
import { type ClassOptions, openMade } from "./shared.ts";

const wayOn = "Run `labwright class pause` again, or `labwright class resume` to let the labs go on.";

/** Freezes the students' labs: they take no processor time until `class resume` or `class up`, and keep their memory. */
export async function classPause(options: ClassOptions): Promise<void> {
  const { one, students } = await openMade(options);
  const { result: outcomes } = await show(`class pause ${one.name}`, { ...options, wayOn }, (activity) =>
    eachStudent<string[]>(one, students, activity, {
      title: "pause",
      jobs: options.jobs,
      outcome: (paused) => (paused.length > 0 ? "changed" : "ok"),
      run: (session, inner) => {
        assertPausable(session);
        return withLabLock(session, () => pauseLab(session, inner));
      },
    }),
  );
  const paused = resultsOf(outcomes).filter(({ result }) => result.length > 0).length;
  if (!options.json) print(`Paused: ${count(paused, "lab")}. \`labwright class resume\` lets them go on.\n`);
  tellFailures(outcomes);
}
