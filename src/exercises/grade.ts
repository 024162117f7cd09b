import type { Activity, Ending } from "../activity/activity.ts";
import { type HostPlay, type Task, tasksOf } from "../engine/graph.ts";
import type { Observation } from "../engine/observation.ts";
import { type Inventory, observe } from "../engine/observe.ts";
import type { Graded } from "./graded.ts";
import type { Exercise } from "./types.ts";
import { goalGraph, taskKey } from "./work.ts";

/** Runs the goal's checks on all machines at once, and changes nothing. If one machine fails, the others are graded. */
export async function grade(exercise: Exercise, inventory: Inventory, activity: Activity): Promise<Graded[]> {
  const graph = goalGraph(exercise, { inventory });
  const sights = await observe(tasksOf(graph), inventory, inventory);
  const graded: Graded[] = [];
  for (const hostPlay of inOrder(exercise, [...graph.playsByHost.values()].flat())) {
    await activity.child(
      "play",
      hostPlay.play.name,
      async (play, endPlay) => {
        for (const task of hostPlay.tasks) {
          const one = gradedOf(hostPlay, task, sights.get(task));
          graded.push(one);
          await play.child("task", task.title, async (_, end) => end(endingOf(one)), {
            machine: one.machine,
          });
        }
        if (graded.slice(-hostPlay.tasks.length).some(({ verdict }) => verdict !== "right"))
          endPlay({ outcome: "differs" });
      },
      { machine: hostPlay.machine.name },
    );
  }
  return graded;
}

/** In the order of the goals in exercise.yaml, not machine by machine. */
const inOrder = ({ goal }: Exercise, hostPlays: HostPlay[]): HostPlay[] =>
  hostPlays.toSorted((one, other) => goal.indexOf(one.play) - goal.indexOf(other.play));

function gradedOf({ play, machine }: HostPlay, task: Task, observation: Observation | undefined): Graded {
  const about = { goal: play.name, machine: machine.name, task: task.title, key: taskKey(task) };
  if (!observation) return { ...about, verdict: "unreachable", words: ["nothing was seen"] };
  if (observation.kind === "absent") return { ...about, verdict: "unreachable", words: [observation.why] };
  if (observation.kind === "unreachable")
    return { ...about, verdict: "unreachable", words: [observation.error.message] };
  const words = [...observation.differences];
  return { ...about, verdict: words.length === 0 ? "right" : "wrong", words };
}

function endingOf({ verdict, words }: Graded): Ending {
  if (verdict === "right") return { outcome: "ok" };
  return { outcome: verdict === "wrong" ? "differs" : "unreachable", details: words };
}
