import { readBaseline } from "../../baseline/baseline.ts";
import { readStates, removeState, withStates } from "../../exercises/state.ts";
import { makeLab } from "../../session/make-lab.ts";
import { rebuild } from "./rebuild.ts";
import { undo } from "./undo.ts";
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
  if (request.baseline.before) await goOn(way);
  const wanted = new Map(request.machines.map((name) => [name, ["was to be created again (--rebuild)"]]));
  const { refused, differences, proof } = request.rebuilds
    ? { refused: wanted, differences: [], proof: [] }
    : await undo(way);
  const again = refused.size > 0 ? await rebuild(way, [...refused.keys()]) : { rebuilt: [], proof };
  const { name, machines } = request.session.lab;
  const exercises = request.machines.length === machines.length ? await endExercises(name) : [];
  return { refused, undone: differences, ...again, parts, exercises };
}

/** A reset or another run was cut short while it created machines: that is ended first, and enters the baseline. */
async function goOn(way: Way): Promise<void> {
  await way.timed("go on", () => makeLab(way.session, way.activity, { keepsBaseline: true }));
  way.baseline = (await readBaseline(way.session.lab.name)) ?? way.baseline;
}

/** The baseline has nothing of what exercises have set up. */
const endExercises = (lab: string): Promise<string[]> =>
  withStates(lab, async () => {
    const names = (await readStates(lab)).map(({ name }) => name);
    for (const name of names) await removeState(lab, name);
    return names;
  });
