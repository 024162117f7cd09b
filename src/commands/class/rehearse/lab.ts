import type { Activity } from "../../../activity/activity.ts";
import type { Class } from "../../../class/class-file.ts";
import { labOptionsOf } from "../../../class/labs.ts";
import type { LeftRehearsal } from "../../../class/record.ts";
import { type ClassCapacity, classCapacity } from "../../../class/room.ts";
import { LabwrightError } from "../../../errors.ts";
import { prove } from "../../../exercises/prove.ts";
import { readStates } from "../../../exercises/state.ts";
import type { Lab } from "../../../lab/types.ts";
import { prerequisites } from "../../../providers/registry.ts";
import { withLabLock } from "../../../session/lab-lock.ts";
import { openSession, type Session } from "../../../session/session.ts";
import { type Finding, prerequisiteFindings, sourceFindings } from "../../doctor/findings.ts";
import { removeLab } from "../../down.ts";
import { inExerciseContext, openExercise } from "../../exercise/shared.ts";
import { resetWhole } from "../reset.ts";
import { makeOne } from "../up.ts";

/** The lab of a rehearsal. */
export interface RehearsalLab {
  lab: Pick<Lab, "name" | "provider" | "machines">;
  /** Whether there are machines of that name. */
  exists(): Promise<boolean>;
  /** What such a lab needs, and whether it can be had. */
  needs(): Promise<Finding[]>;
  /** What the computer with the machines has left; undefined where that is not known. */
  capacity(): Promise<ClassCapacity | undefined>;
  make(activity: Activity): Promise<void>;
  /** Proves an exercise of the class; returns what is wrong, in words. */
  prove(exercise: string, activity: Activity): Promise<string[]>;
  /** Returns the lab to its baseline if an exercise has been left in it. */
  tidy(activity: Activity): Promise<void>;
  /** Removes it, or what there is of it. Not ended by an interruption. */
  remove(activity: Activity): Promise<void>;
}

export type OpenRehearsal = (student: string) => Promise<RehearsalLab>;

/**
 * Opens the lab of a rehearsal under a name in the place of a student's; makes nothing. Throws if a file is wrong, or the lab lacks what an
 * exercise of the class needs.
 */
export async function openRehearsal(one: Class, student: string): Promise<RehearsalLab> {
  const given = { ...labOptionsOf(one, student), startsEngine: true };
  const session = await openSession(given);
  const { lab, provider } = session;
  // The lab file may name another one before the rehearsal has ended.
  const options = { ...given, provider: lab.provider };
  for (const name of one.exercises) await openExercise(name, options);
  return {
    lab,
    exists: async () => (await provider.list()).length > 0,
    needs: async () => {
      const needed = (await prerequisiteFindings(lab.provider, await prerequisites())).filter(
        ({ what }) => what === lab.provider,
      );
      return [...needed, ...(await sourceFindings(lab))];
    },
    capacity: () => classCapacity(provider),
    make: async (activity) => {
      await makeOne(session, activity);
    },
    prove: async (name, activity) => {
      // A reset may have let a spare replace the machines.
      const opened = await openExercise(name, options);
      return withLabLock(opened.session, () =>
        inExerciseContext(opened.session, activity, (context) =>
          prove(opened.exercise, context, { rehearses: true }),
        ),
      );
    },
    tidy: async (activity) => {
      if ((await readStates(lab.name)).length > 0) await resetWhole(await openSession(options), activity);
    },
    remove: (activity) => removeAll(options, activity),
  };
}

/** Removes the lab of a rehearsal, also after an interruption. */
async function removeAll(options: Parameters<typeof openSession>[0], activity: Activity): Promise<void> {
  const session: Session = await openSession(options, AbortSignal.any([]));
  await removeLab(session, async (takeAway) => {
    await takeAway(activity);
  });
}

/** Removes what a rehearsal has left, with the provider that has made it, whatever provider and exercises the class has now. */
export const removeRehearsal = (
  one: Class,
  { student, provider }: LeftRehearsal,
  activity: Activity,
): Promise<void> =>
  removeAll({ ...labOptionsOf({ ...one, provider }, student), startsEngine: true }, activity);

/** What cannot be had is found out before a lab is begun. */
export async function assertHasNeeds(
  one: Class,
  lab: Pick<RehearsalLab, "needs">,
  activity: Activity,
): Promise<void> {
  await activity.child("check", "what the lab needs", async () => {
    const lacking = (await lab.needs()).filter(({ ok }) => !ok);
    if (lacking.length === 0) return;
    throw new LabwrightError({
      code: "lab-needs-missing",
      message: `the labs of the class "${one.name}" cannot be made: ${lacking.map(({ what, says }) => `${what}: ${says}`).join("; ")}`,
      remedy: `See all with \`labwright doctor --file ${one.labFile}\`; \`--fix\` installs what is missing on this computer.`,
    });
  });
}
