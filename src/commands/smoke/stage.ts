import type { Activity } from "../../activity/activity.ts";
import { type Part, type PartWork, runPart, skipPart } from "./parts.ts";

/** Whether a stage runs, is skipped for a reason that the report shows, or is not part of this test at all. */
export type Turn = "run" | "absent" | { skipped: string };

/** A stage of a smoke test; its result becomes a part of the report. */
export interface Stage extends PartWork {
  /** In seconds. */
  limit: number;
  /** In milliseconds since 1970; ends the stage if it comes before the stage's own limit. */
  deadline?: number;
  /** Decided by the parts before it. */
  turn(parts: readonly Part[]): Turn;
}

/** Runs stages in order and adds the result of each to `parts`. Never throws. */
export async function runStages(root: Activity, stages: readonly Stage[], parts: Part[]): Promise<void> {
  for (const stage of stages) {
    const turn = stage.turn(parts);
    if (turn === "absent") continue;
    const part =
      turn === "run"
        ? runPart(root, { ...stage, limit: secondsLeft(stage) })
        : skipPart(root, stage.name, turn.skipped);
    parts.push(await part);
  }
}

const secondsLeft = ({ limit, deadline = Number.POSITIVE_INFINITY }: Stage): number =>
  Math.min(limit, (deadline - Date.now()) / 1000);

/** The first part that did not pass. */
export const failedIn = (parts: readonly Part[]): Part | undefined =>
  parts.find(({ outcome }) => outcome !== "passed");
