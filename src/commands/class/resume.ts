import { withLabLock } from "../../session/lab-lock.ts";
import { show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { type Resumed, resumeLab } from "../resume.ts";
import { eachStudent, resultsOf, tellFailures } from "./each.ts";
import { type ClassOptions, openMade } from "./shared.ts";

const wayOn = "Run `labwright class resume` again.";

/** Lets the students' labs go on; after a restart of the computer their machines are started. */
export async function classResume(options: ClassOptions): Promise<void> {
  const { one, students } = await openMade(options);
  const { result: outcomes } = await show(`class resume ${one.name}`, { ...options, wayOn }, (activity) =>
    eachStudent<Resumed>(one, students, activity, {
      title: "resume",
      jobs: options.jobs,
      outcome: ({ paused, off }) => (paused + off > 0 ? "changed" : "ok"),
      run: (session, inner) => withLabLock(session, () => resumeLab(session, inner)),
    }),
  );
  const went = resultsOf(outcomes).filter(({ result: { paused, off } }) => paused + off > 0).length;
  if (!options.json) print(`Resumed: ${count(went, "lab")}.\n`);
  tellFailures(outcomes);
}
