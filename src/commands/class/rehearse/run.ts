import { availableParallelism, cpus } from "node:os";
import type { Event } from "../../../activity/activity.ts";
import { type Estimate, type Fit, fitOf, timeFor } from "../../../class/estimate.ts";
import { processorSeconds } from "../../../class/processors.ts";
import { recordOf, writeRecord } from "../../../class/record.ts";
import { rehearsalName } from "../../../class/rehearsal.ts";
import { needOf, takenBetween } from "../../../class/room.ts";
import { assertNotInterrupted } from "../../../interruption.ts";
import type { Part } from "../../smoke/parts.ts";
import { notOfClass } from "../up.ts";
import { type CleanRequest, clean, forgetRehearsal } from "./clean.ts";
import { assertHasNeeds, type OpenRehearsal } from "./lab.ts";
import { onceSecondsOf } from "./measure.ts";
import { partOf, rehearseOne } from "./parts.ts";

/** What a rehearsal has shown. */
export interface Rehearsal {
  lab: string;
  /** Whether the lab is still there. */
  isThere: boolean;
  /** Making the lab, and removing it. */
  around: Part[];
  exercises: Part[];
  /** How long `class up` takes for the labs that are not there yet; absent if the rehearsal's was not made. */
  time?: Estimate;
  /** Absent if it was not made, or where the provider does not know what there is. */
  fit?: Fit;
}

export interface RehearsalRequest extends CleanRequest {
  open: OpenRehearsal;
  /** The events of the activity so far. */
  events: readonly Event[];
  signal: AbortSignal;
  keep?: boolean | undefined;
  jobs?: number | undefined;
}

/**
 * Makes one lab more than the class has students, proves every exercise of the class in it, and removes it. An exercise that fails does not
 * stop the others. Writes the lab's name into the class's record before it is made, so that what a killed run leaves is found. The caller
 * holds the class's lock. Throws before anything is made: `lab-needs-missing`, `lab-not-of-class`, what is wrong in a file.
 */
export async function rehearse(request: RehearsalRequest): Promise<Rehearsal> {
  const { one, activity, signal, keep = false } = request;
  await clean(request);
  const record = await recordOf(one);
  const student = rehearsalName(one, record);
  const lab = await request.open(student);
  await assertHasNeeds(one, lab, activity);
  if (await lab.exists()) throw notOfClass(one, lab.lab);
  assertNotInterrupted(signal);
  await writeRecord(one.name, {
    ...record,
    file: one.file,
    rehearsal: { student, provider: lab.lab.provider },
  });
  const before = await lab.capacity();
  const startedWith = processorSeconds();
  const made = await partOf(activity, "make the lab", signal, (inner) => lab.make(inner));
  const worked = processorSeconds() - startedWith;
  const result: Rehearsal = { lab: lab.lab.name, isThere: true, around: [made], exercises: [] };
  if (made.outcome === "passed") {
    const there = one.students.filter((name) => record.students.includes(name)).length;
    const labs = { made: there, missing: one.students.length - there };
    const { jobs = availableParallelism() } = request;
    result.time = timeFor(
      labs.missing,
      { seconds: made.seconds, onceSeconds: onceSecondsOf(request.events), processorSeconds: worked },
      { jobs, cpus: cpus().length },
    );
    const after = await lab.capacity();
    // The lab is removed again, unless it is kept: then it has its share already.
    const capacity = keep ? after : before;
    if (before && capacity)
      result.fit = fitOf(labs, needOf(lab.lab, capacity, takenBetween(before, after)), capacity);
  }
  for (const name of one.exercises)
    result.exercises.push(await rehearseOne({ lab, name, activity, signal, made }));
  if (keep) return result;
  // What was interrupted is cleared up all the same.
  const removed = await partOf(activity, "remove the lab", AbortSignal.any([]), (inner) => lab.remove(inner));
  result.around.push(removed);
  result.isThere = removed.outcome !== "passed";
  if (!result.isThere) await forgetRehearsal(one);
  return result;
}
