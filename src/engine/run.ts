import { setTimeout as sleep } from "node:timers/promises";
import type { Activity, Ending } from "../activity/activity.ts";
import { LabwrightError } from "../errors.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { type Graph, predecessors, type Stage, type Task, tasksOf } from "./graph.ts";
import { look, type Seen, type Sight, sceneOf, type World } from "./look.ts";
import type { Site } from "./step.ts";

export interface Run {
  graph: Graph;
  world: World;
  activity: Activity;
  /** Stops the run at the next boundary between tasks. */
  signal: AbortSignal;
}

/** How a stage ended. `changed` is also true where anything that it waited for changed something. */
interface StageEnd {
  changed: boolean;
  failure?: unknown;
}

/**
 * Makes every check of the graph true: one look at everything, then check → apply → check again, machine beside
 * machine. A failure stops its own machine and what waits for it; all others go on to their end.
 * Returns the number of tasks that were applied; throws the first failure.
 */
export async function run({ graph, world, activity, signal }: Run): Promise<number> {
  const ends = new Map<Stage, Promise<StageEnd>>();
  const tasks = tasksOf(graph);
  const atFirst = await look(tasks, world, { signal });
  let applied = 0;

  const siteOf = (task: Task, note: (text: string) => void): Site => ({
    ...sceneOf(world, task),
    signal,
    on: (machine) => world.host(machine),
    note,
    leave: note,
  });

  for (const task of tasks) {
    const sight = atFirst.get(task);
    // A failure here is not lost: `apply` asks for the same thing and meets the same error.
    if (isTodo(sight)) task.step.prepare?.(siteOf(task, activity.note)).catch(() => {});
  }

  async function runTask(task: Task, seen: Sight | undefined, note: (text: string) => void): Promise<Ending> {
    const { differences, facts } = assertSeen(task, seen);
    if (differences.length === 0) return { outcome: "ok" };
    if (task.step.apply) {
      await task.step.apply(await world.host(task.machine.name), siteOf(task, note), facts);
      applied += 1;
      await settle(task, note);
    } else await settle(task, note, differences);
    return { outcome: task.step.apply ? "changed" : "ok", details: [...differences] };
  }

  /** Looks until nothing differs any more, or patience ends; `known` is what a look has just found. */
  async function settle(
    task: Task,
    note: (text: string) => void,
    known?: Seen["differences"],
  ): Promise<void> {
    const { patience } = task.step;
    const deadline = Date.now() + (patience?.seconds ?? 0) * 1000;
    const lookAgain = async () => assertSeen(task, (await look([task], world)).get(task)).differences;
    for (let pause = 100, left = known; ; pause = Math.min(pause * 1.5, 1000), left = undefined) {
      left ??= await lookAgain();
      if (left.length === 0) return;
      assertNotInterrupted(signal);
      if (Date.now() > deadline) throw stillDiffers(task, left);
      if (patience) note(`waiting for ${patience.for}: ${left[0]}`);
      const pausing = sleep(pause, undefined, { signal }).catch(() => assertNotInterrupted(signal));
      await Promise.all([pausing, worthLooking(task)]);
    }
  }

  async function worthLooking(task: Task): Promise<void> {
    const alarm = task.step.patience?.until?.(sceneOf(world, task));
    if (!alarm) return;
    const asked = world.host(alarm.machine).then((host) => host.run(alarm.command, { signal }));
    // Whatever went wrong with it, the next look says.
    await asked.catch(() => {});
  }

  /**
   * What was seen before a change holds no longer. Where one change comes after the other, each look is at one task
   * alone; as long as none comes, a look takes in twice as many as the last one, so that round trips stay few.
   */
  async function runStage(stage: Stage, changedBefore: boolean, parent: Activity): Promise<boolean> {
    let changed = changedBefore;
    let sights = changedBefore ? new Map<Task, Sight>() : atFirst;
    let width = 1;
    for (const [index, task] of stage.tasks.entries()) {
      assertNotInterrupted(signal);
      await parent.child(
        "task",
        task.title,
        async (child, end) => {
          if (!sights.has(task)) {
            sights = await look(stage.tasks.slice(index, index + width), world);
            width *= 2;
          }
          const ending = await runTask(task, sights.get(task), (text) => child.note(text));
          end(ending);
          if (ending.outcome === "ok" && ending.details === undefined) return;
          changed = true;
          sights = new Map();
          width = 1;
        },
        { machine: task.machine.name },
      );
    }
    return changed;
  }

  async function startStage(stage: Stage): Promise<StageEnd> {
    const earlier = await Promise.all(predecessors(graph, stage).map((one) => end(one)));
    const changed = earlier.some((one) => one.changed);
    const broken = earlier.find((one) => one.failure !== undefined);
    const options = { machine: stage.machine.name };
    try {
      return await activity.child(
        "play",
        stage.play.name,
        async (child, finish) => {
          if (!broken) return { changed: await runStage(stage, changed, child) };
          finish({ outcome: "skipped", details: ["something that it waits for failed"] });
          return { changed, failure: broken.failure };
        },
        options,
      );
    } catch (failure) {
      return { changed: true, failure };
    }
  }

  function end(stage: Stage): Promise<StageEnd> {
    const known = ends.get(stage);
    if (known) return known;
    const started = startStage(stage);
    ends.set(stage, started);
    return started;
  }

  const all = await Promise.all([...graph.queues.values()].flat().map(end));
  const failed = all.find((one) => one.failure !== undefined);
  if (failed) throw failed.failure;
  return applied;
}

const isTodo = (sight: Sight | undefined): boolean =>
  sight !== undefined && (!("differences" in sight) || sight.differences.length > 0);

function assertSeen(task: Task, sight: Sight | undefined): Seen {
  if (sight && "differences" in sight) return sight;
  if (sight && "unreachable" in sight) throw sight.unreachable;
  throw new LabwrightError({
    code: "machine-absent",
    message: `${task.title} needs a machine that is not there: ${sight?.absent ?? task.machine.name}`,
    remedy: "run `labwright up` again: it makes missing machines first",
  });
}

const stillDiffers = (task: Task, left: readonly string[]) =>
  new LabwrightError({
    code: "still-differs",
    message: `${task.machine.name}: ${task.title} ${
      task.step.patience
        ? `was waited for (${task.step.patience.seconds} s) in vain`
        : "was applied but still differs"
    }: ${left.join("; ")}`,
    remedy: "run the command again; if it fails at the same place, look at the machine with `labwright ssh`",
  });
