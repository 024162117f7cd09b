import { readBaseline } from "../../baseline/baseline.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { endStart, readStates, withStates } from "../../exercises/state.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { setName } from "../../lab/machine-set.ts";
import type { Difference } from "../../recording/differences.ts";
import { makeLab } from "../../session/make-lab.ts";
import { noteRestored, unfinishedRestore } from "../../snapshots/unfinished.ts";
import { takeSpare } from "../spare/take.ts";
import { rebuild } from "./rebuild.ts";
import { restoreNewest } from "./snapshot.ts";
import { type Undone, undo } from "./undo.ts";
import type { Part, Refused, ResetRequest, ResetResult, Way, Without } from "./way.ts";

/**
 * The cheapest way whose proof holds: undo the differences, or else take a spare, or else restore a snapshot and undo the differences
 * there, or else create machines again.
 */
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
  const first = await repaired(way);
  const { refused, differences: undone } = first;
  const again =
    refused.size > 0 ? await replaced(way, refused) : { rebuilt: [], without: [], proof: first.proof };
  const { name } = request.session.lab;
  await noteRestored(name);
  const exercises = isWhole(request) ? await endExercises(name) : [];
  return { refused, undone, ...again, parts, exercises };
}

const isWhole = ({ machines, session }: ResetRequest): boolean =>
  machines.length === session.lab.machines.length;

async function repaired(way: Way): Promise<Undone> {
  if (way.instead === "rebuild") return refusing(way, "was to be created again (--rebuild)");
  if (way.instead === "spare") return refusing(way, "was to be replaced by a spare's (--spare)");
  const restore = await unfinishedRestore(way.session.lab.name);
  if (restore) return refusing(way, `is incomplete: the restore of ${restore.snapshot} was cut short`);
  return cheapest(way);
}

/** Takes a spare or restores a snapshot, which replace all machines at once, or creates those again that could not be repaired. */
async function replaced(
  way: Way,
  refused: Refused,
): Promise<
  Pick<ResetResult, "rebuilt" | "spare" | "snapshot" | "without" | "proof"> & { undone?: Difference[] }
> {
  const without: Without[] = [];
  if (way.instead !== "rebuild" && isWhole(way)) {
    const outcome = await takeSpare(way);
    if ("taken" in outcome) {
      const { set, age, proof } = outcome.taken;
      return { rebuilt: [], spare: { set, age }, without, proof };
    }
    if (way.instead === "spare") throw noSpare(outcome.refused);
    without.push({ what: "A spare", why: outcome.refused });
    const restored = await restoreNewest(way);
    if ("snapshot" in restored) {
      const { snapshot, undone } = restored;
      return { rebuilt: [], snapshot, without, undone: undone.differences, proof: undone.proof };
    }
    without.push({ what: "A snapshot", why: restored.refused });
  }
  return { ...(await rebuild(way, [...refused.keys()])), without };
}

const noSpare = (why: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "no-spare",
    message:
      why.length > 0 ? `no spare was taken: ${why.join("; ")}` : "the lab has no spare that could be taken",
    remedy:
      "Make one with `labwright spare add`; or run `labwright reset`, which repairs the machines or creates them again.",
  });

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
    for (const name of names) await endStart(lab, name);
    return names;
  });
