import { readBaseline } from "../../baseline/baseline.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { readStates, removeState, withStates } from "../../exercises/state.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { setName } from "../../lab/machine-set.ts";
import { makeLab } from "../../session/make-lab.ts";
import { rebuild } from "./rebuild.ts";
import { type Undone, undo } from "./undo.ts";
import type { Part, ResetRequest, ResetResult, Way } from "./way.ts";

/** The cheapest way whose proof holds: undo the differences, or else create machines again. */
export async function resetLab(request: ResetRequest): Promise<ResetResult> {
  const parts: Part[] = [];
  const way: Way = {
    ...request,
    began: new Date(),
    timed: async (title, work) => {
      const started = Date.now();
      const result = await work();
      parts.push({ title, seconds: (Date.now() - started) / 1000 });
      return result;
    },
  };
  const { refused, differences, proof } = request.rebuilds
    ? refusing(way, "was to be created again (--rebuild)")
    : await cheapest(way);
  const again = refused.size > 0 ? await rebuild(way, [...refused.keys()]) : { rebuilt: [], proof };
  const { name, machines } = request.session.lab;
  const exercises = request.machines.length === machines.length ? await endExercises(name) : [];
  return { refused, undone: differences, ...again, parts, exercises };
}

const refusing = ({ machines }: Way, why: string): Undone => ({
  ...{ refused: new Map(machines.map((name) => [name, [why]])), differences: [], proof: [] },
});

/** A run that was cut short while it created machines is ended first, and enters the baseline. */
async function cheapest(way: Way): Promise<Undone> {
  if (way.baseline.before) {
    try {
      await way.timed("go on", () => makeLab(way.session, way.activity, { keepsBaseline: true }));
    } catch (error) {
      assertNotInterrupted(way.session.signal);
      if (!(error instanceof LabwrightError)) throw error;
      return refusing(way, `was not made whole: ${messageOf(error)}`);
    }
    way.baseline = (await readBaseline(setName(way.session.lab))) ?? way.baseline;
  }
  return undo(way);
}

/** The baseline has nothing of what exercises have set up. */
const endExercises = (lab: string): Promise<string[]> =>
  withStates(lab, async () => {
    const names = (await readStates(lab)).map(({ name }) => name);
    for (const name of names) await removeState(lab, name);
    return names;
  });
