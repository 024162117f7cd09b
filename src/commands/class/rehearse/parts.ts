import type { Activity } from "../../../activity/activity.ts";
import { LabwrightError } from "../../../errors.ts";
import { type Part, runPart, skipPart } from "../../smoke/parts.ts";
import type { RehearsalLab } from "./lab.ts";

/** Does one part of a rehearsal, which may take as long as it does. */
export const partOf = (
  activity: Activity,
  name: string,
  signal: AbortSignal,
  work: (inner: Activity) => Promise<void>,
): Promise<Part> =>
  runPart(activity, {
    ...{ name, signal },
    work: async (inner) => {
      await work(inner);
      return [];
    },
  });

interface Proof {
  lab: RehearsalLab;
  /** The exercise's. */
  name: string;
  activity: Activity;
  signal: AbortSignal;
  /** How the lab was made. */
  made: Part;
}

/** Proves one exercise. If it fails, the lab is put back, so that the next one finds it as it was. */
export async function rehearseOne({ lab, name, activity, signal, made }: Proof): Promise<Part> {
  if (made.outcome !== "passed") return skipPart(activity, name, "the lab was not made");
  if (signal.aborted) return skipPart(activity, name, "the rehearsal was interrupted");
  const proved = await partOf(activity, name, signal, async (inner) => {
    const wrong = await lab.prove(name, inner);
    if (wrong.length > 0) throw notProven(wrong);
  });
  if (proved.outcome === "passed" || signal.aborted) return proved;
  const title = `put the lab back after ${name}`;
  const { error } = await partOf(activity, title, signal, (inner) => lab.tidy(inner));
  return error
    ? { ...proved, details: [...proved.details, `The lab was not put back: ${error.message}`] }
    : proved;
}

const notProven = (wrong: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "exercise-not-proven",
    message: wrong.join("\n"),
    remedy: "Look at it in a lab that stays: `labwright class rehearse --keep`.",
  });
