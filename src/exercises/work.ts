import type { Activity } from "../activity/activity.ts";
import { type Graph, graphOf, type Task, tasksOf } from "../engine/graph.ts";
import { isRight } from "../engine/observation.ts";
import { type Inventory, observe } from "../engine/observe.ts";
import type { Play } from "../engine/play.ts";
import { run } from "../engine/run.ts";
import { LabwrightError } from "../errors.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { record } from "../recording/record.ts";
import { type Item, itemOf } from "../recording/types.ts";
import { roomOf, takenPlaces } from "./room.ts";
import {
  changeState,
  readState,
  readStates,
  resetMeanwhile,
  type State,
  withStates,
  writeState,
} from "./state.ts";
import type { Exercise } from "./types.ts";

/** What starting, solving and resetting need. */
export interface ExerciseContext {
  inventory: Inventory;
  activity: Activity;
  signal: AbortSignal;
}

const graphFor = (plays: Play[], { inventory }: Pick<ExerciseContext, "inventory">): Graph =>
  graphOf(inventory.lab, plays);

export const setupGraph = (exercise: Exercise, context: Pick<ExerciseContext, "inventory">): Graph =>
  graphFor(exercise.setup, context);

export const goalGraph = (exercise: Exercise, context: Pick<ExerciseContext, "inventory">): Graph =>
  graphFor(exercise.goal, context);

type Keyed = Pick<Task, "machine" | "key">;

/** What makes a task of one exercise the same as one of another: its machine, step and parameters. */
export const taskKey = ({ machine, key }: Keyed): string => `${machine.name} ${key}`;

/**
 * Whether an exercise may undo a task: its start recorded the task, and did not find it right. A task that was added to the
 * exercise since, or that another labwright recorded under another key, may have been right before.
 */
export function isOwn({ tasks, found }: Pick<State, "tasks" | "found">, task: Keyed): boolean {
  const key = taskKey(task);
  return tasks.includes(key) && !found.includes(key);
}

/** Each play of setup and goal as a separate graph, in order: work done machine by machine is undone machine by machine. */
export const playByPlay = ({ setup, goal }: Exercise, context: Pick<ExerciseContext, "inventory">): Graph[] =>
  [...setup, ...goal].map((play) => graphFor([{ ...play, after: [] }], context));

/** Setup and goal of an exercise as tasks, in the order in which they are applied. */
export const allTasks = (exercise: Exercise, context: Pick<ExerciseContext, "inventory">): Task[] => [
  ...tasksOf(setupGraph(exercise, context)),
  ...tasksOf(goalGraph(exercise, context)),
];

/**
 * Records the lab's current state, then sets up the exercise. A start that was cut short continues from its own record, and
 * a start right after a reset uses the reset's recording, `asBefore`.
 */
export async function start(exercise: Exercise, context: ExerciseContext, asBefore?: State): Promise<State> {
  const { inventory, activity, signal } = context;
  const cutShort = await readState(inventory.lab.name, exercise.name);
  const state =
    cutShort ??
    (asBefore && startedAgain(asBefore)) ??
    (await activity.child("task", "record the lab's current state", () => newState(exercise, context)));
  assertNotInterrupted(signal);
  await withStates(inventory.lab.name, () => writeState(inventory.lab.name, state));
  await run({ ...context, graph: setupGraph(exercise, context) });
  const started = new Date().toISOString();
  const after = await changeState(
    inventory.lab.name,
    state,
    (now) => ({ ...now, started }),
    () => ({ what: "started", at: started }),
  );
  if (!after) throw resetMeanwhile(exercise.name);
  return after;
}

/** The time of another start is a new one. */
const startedAgain = ({ started, extended, ...state }: State): State => ({
  ...state,
  began: new Date().toISOString(),
});

async function newState(exercise: Exercise, context: ExerciseContext): Promise<State> {
  const { lab } = context.inventory;
  const tasks = allTasks(exercise, context);
  const began = new Date().toISOString();
  const before = await record(context.inventory);
  const others = new Set((await readStates(lab.name)).flatMap((state) => state.tasks));
  const taken = takenPlaces(
    Object.keys(before).map(itemOf),
    tasks.filter((task) => !others.has(taskKey(task))),
  );
  if (taken.length > 0) throw placeTaken(exercise.name, taken);
  const observations = await observe(tasks, context.inventory, context);
  const wasRight = (task: Task): boolean => isRight(observations.get(task));
  return {
    name: exercise.name,
    began,
    before,
    found: [...new Set(tasks.filter(wasRight).map(taskKey))],
    tasks: [...new Set(tasks.map(taskKey))],
    // What was right before the start belongs to somebody else, with everything in it.
    room: roomOf(
      exercise,
      tasks.filter((task) => !wasRight(task)),
      lab,
    ),
    hints: 0,
    checks: [],
  };
}

const placeTaken = (exercise: string, taken: readonly Item[]): LabwrightError =>
  new LabwrightError({
    code: "exercise-place-taken",
    message: taken
      .map(
        ({ machine, kind, name }) =>
          `${machine} has the ${kind} ${name} already, and ${exercise} needs that name for itself`,
      )
      .join("\n"),
    remedy: "Rename or remove what has the name, or run the exercise in another lab.",
  });

/** Does the student's work: the goal's applies, in order. */
export async function solve(exercise: Exercise, context: ExerciseContext): Promise<void> {
  await run({ ...context, graph: goalGraph(exercise, context) });
}
