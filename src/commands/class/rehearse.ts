import type { Event } from "../../activity/activity.ts";
import { withClassLock } from "../../class/record.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { commandLine } from "../../session/command-line.ts";
import { interruption } from "../../session/interrupt.ts";
import { show } from "../../session/session.ts";
import { print, printJson } from "../../ui/print.ts";
import { failedIn } from "../smoke/stage.ts";
import { type CleanRequest, clean } from "./rehearse/clean.ts";
import { openRehearsal, removeRehearsal } from "./rehearse/lab.ts";
import { type Rehearsal, rehearse } from "./rehearse/run.ts";
import { rehearsalText } from "./rehearse/text.ts";
import { type ClassOptions, openClass } from "./shared.ts";

export interface ClassRehearseOptions extends Pick<ClassOptions, "file" | "jobs" | "json"> {
  /** The lab stays. */
  keep?: boolean;
  /** Only removes what an earlier rehearsal has left. */
  clean?: boolean;
}

const wayOn =
  "What is left of its lab is removed by `labwright class rehearse --clean`, and by the next rehearsal.";

/**
 * Makes one lab of the class, proves every exercise in it, and estimates what all labs take. The students' labs stay as they are. Exits
 * with 1 if the lab or an exercise failed.
 */
export async function classRehearse(options: ClassRehearseOptions): Promise<void> {
  const { json, keep } = options;
  if (keep && options.clean)
    throw new LabwrightError({
      code: "options-exclude",
      message: "--keep keeps the lab of a rehearsal, and --clean removes it",
      remedy: "Leave one of the two out.",
      exit: exitCode.usage,
    });
  const { one } = await openClass(options);
  const showing = json ? { quiet: true, wayOn } : { wayOn };
  const removeLeft: CleanRequest["removeLeft"] = (left, activity) => removeRehearsal(one, left, activity);
  await withClassLock(one.name, async () => {
    if (options.clean) {
      const { result } = await show(`class rehearse ${one.name}`, showing, (activity) =>
        clean({ one, removeLeft, activity }),
      );
      if (json) printJson({ class: one.name, removed: result ?? null }, 2);
      else
        print(result === undefined ? "There was nothing to remove.\n" : `Removed ${one.name}-${result}.\n`);
      return;
    }
    const events: Event[] = [];
    const signal = interruption();
    const { result } = await show(
      `class rehearse ${one.name}`,
      showing,
      async (activity) => {
        const open = (student: string) => openRehearsal(one, student);
        const done = await rehearse({
          ...{ one, open, removeLeft, activity, events, signal, keep },
          jobs: options.jobs,
        });
        assertNotInterrupted(signal);
        return done;
      },
      events,
    );
    if (json) printJson({ class: one.name, ...result }, 2);
    else print(`${rehearsalText(result)}${thereText(result, one.labFile, one.provider)}`);
    if (failedIn([...result.around, ...result.exercises])) process.exitCode = exitCode.failed;
  });
}

/** The name of a lab that stays, and what leads to it. */
function thereText({ isThere, lab }: Rehearsal, file: string, provider: string | undefined): string {
  if (!isThere) return "";
  const given = { file, name: lab, ...(provider !== undefined && { provider }) };
  return `The lab ${lab} stays: \`${commandLine(given, "ssh")}\`. \`labwright class rehearse --clean\` removes it.\n`;
}
