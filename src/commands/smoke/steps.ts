import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { prove } from "../../exercises/prove.ts";
import type { Exercise } from "../../exercises/types.ts";
import { connectInventory } from "../../session/inventory.ts";
import type { Session } from "../../session/session.ts";
import { agree, count } from "../../wording.ts";
import { makeLab } from "../up.ts";
import { inspectLab } from "../verify.ts";
import type { Limits } from "./limits.ts";
import type { PartWork } from "./parts.ts";

export type Step = Omit<PartWork, "signal">;

/** The parts of a smoke test before the lab is taken away, in order. */
export function stepsOf(session: Session, limits: Limits, exercises: readonly Exercise[]): Step[] {
  const within = (signal: AbortSignal): Session => ({ ...session, signal });
  return [
    {
      name: "up",
      limit: limits.up,
      work: async (activity, signal) => {
        const { applied } = await makeLab(within(signal), activity);
        return [`${count(applied, "task")} changed`];
      },
    },
    {
      name: "verify",
      limit: limits.verify,
      work: async (activity, signal) => {
        const wrong = await inspectLab(within(signal), activity);
        if (wrong.size > 0) throw notVerified([...wrong.keys()].map(({ title }) => title));
        return ["every check is ok"];
      },
    },
    ...exercises.map((exercise) => ({
      name: `exercise ${exercise.name}`,
      limit: limits.exercises,
      work: (activity: Activity, signal: AbortSignal) => proveOne(within(signal), exercise, activity),
    })),
  ];
}

async function proveOne(session: Session, exercise: Exercise, activity: Activity): Promise<string[]> {
  const { lab, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const wrong = await prove(exercise, { inventory, activity, signal });
    if (wrong.length > 0) throw notProven(exercise.name, wrong);
    return ["proven"];
  } finally {
    await inventory.close();
  }
}

const notVerified = (tasks: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "not-verified",
    message: `${count(tasks.length, "check")} ${agree(tasks.length, "is", "are")} not ok: ${[...new Set(tasks)].join(", ")}`,
    remedy: "Run `labwright plan` to see what differs, and why.",
  });

const notProven = (name: string, wrong: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "exercise-not-proven",
    message: `the exercise ${name} does not do what it says: ${count(wrong.length, "claim")} ${agree(wrong.length, "does", "do")} not hold`,
    remedy: `Run it alone: \`labwright exercise prove ${name}\`.`,
    output: wrong.join("\n"),
  });
