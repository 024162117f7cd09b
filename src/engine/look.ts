import type { Activity } from "../activity/activity.ts";
import { LabwrightError, messageOf } from "../errors.ts";
import { runAll } from "../hosts/batch.ts";
import type { Command } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";
import { assertNotInterrupted } from "../interruption.ts";
import type { Lab } from "../lab/types.ts";
import { count } from "../wording.ts";
import type { Task } from "./graph.ts";
import { type Facts, isCommand, type Probes, type Scene } from "./step.ts";

/** The lab as it can be reached now. */
export interface World {
  lab: Lab;
  addresses: ReadonlyMap<string, string>;
  reach(machine: string, port: number): string | undefined;
  /** Machines that do not exist or do not run, and why: nothing can be asked of them. */
  absent: ReadonlyMap<string, string>;
  /** Given when nobody waits any more for a look that changes nothing. */
  signal?: AbortSignal;
  /** The connected host of a machine, or of `here`. */
  host(machine: string): Promise<Host>;
}

export interface Seen {
  differences: readonly string[];
  facts: Facts;
}

/** What a look at a task found: its differences, or why nothing could be seen. */
export type Sight = Seen | { absent: string } | { unreachable: Error };

export const sceneOf = (world: World, task: Task): Scene => ({
  lab: world.lab,
  machine: task.machine,
  addresses: world.addresses,
  reach: world.reach,
});

const seconds = 1000;

export interface LookOptions {
  signal?: AbortSignal | undefined;
  /** Shows, machine by machine, what is asked and what has answered. */
  activity?: Activity;
}

/** `look` at everything, as an activity of its own. */
export const lookAtAll = (
  tasks: readonly Task[],
  world: World,
  { signal, activity }: LookOptions & { activity: Activity },
): Promise<Map<Task, Sight>> =>
  activity.child("check", "check the machines", (child) => look(tasks, world, { signal, activity: child }));

/** Takes the probes of all the tasks to their machines, in one round trip a machine, side by side, and checks them. */
export async function look(
  tasks: readonly Task[],
  world: World,
  { signal, activity }: LookOptions = {},
): Promise<Map<Task, Sight>> {
  const asked = tasks.map((task, index) => questionsOf(task, index, world));
  const questions = asked.flatMap((one) => ("absent" in one ? [] : one));
  const machines = [...new Set(questions.map(({ machine }) => machine))];
  activity?.expect({ kind: "check", count: machines.length });
  const answers = new Map(
    await Promise.all(machines.map(async (machine) => [machine, await shown(machine)] as const)),
  );

  async function shown(machine: string): Promise<Answer> {
    if (!activity) return ask(machine);
    return activity.child(
      "check",
      "check the machine",
      async (child, end) => {
        const answer = await ask(machine, (text) => child.note(text));
        if (answer instanceof Error) end({ outcome: "unreachable", details: [answer.message] });
        return answer;
      },
      { machine },
    );
  }

  async function ask(machine: string, note?: (text: string) => void): Promise<Answer> {
    const absent = world.absent.get(machine);
    if (absent !== undefined) return { absent: `${machine} ${absent}` };
    try {
      const mine = questions.filter((question) => question.machine === machine);
      note?.("waiting for a connection");
      const host = await world.host(machine);
      note?.(`waiting for the answers to ${count(mine.length, "probe")}`);
      return await runAll(host, Object.fromEntries(mine.map(({ id, command }) => [id, command])), {
        silence: 60 * seconds,
        ...(signal && { signal }),
      });
    } catch (error) {
      // That nobody waits any more says nothing about the machine.
      assertNotInterrupted(signal);
      return error instanceof Error ? error : new Error(messageOf(error));
    }
  }

  const see = (task: Task, index: number): Sight => {
    const facts: Record<string, Output> = {};
    const own = asked[index] ?? [];
    if ("absent" in own) return own;
    for (const { id, key, machine } of own) {
      const answer = answers.get(machine);
      if (answer instanceof Error) return { unreachable: answer };
      if (answer && isAbsent(answer)) return answer;
      const output = answer?.[id];
      if (output) facts[key] = output;
    }
    try {
      return { differences: task.step.check(facts, sceneOf(world, task)), facts };
    } catch (error) {
      // What one check cannot tell must not hide what all others say.
      if (error instanceof LabwrightError) return { unreachable: error };
      throw error;
    }
  };
  return new Map(tasks.map((task, index) => [task, see(task, index)]));
}

type Answer = Record<string, Output> | { absent: string } | Error;

const isAbsent = (answer: Exclude<Answer, Error>): answer is { absent: string } =>
  typeof answer.absent === "string";

interface Question {
  id: string;
  key: string;
  machine: string;
  command: Command;
}

/** A question that needs the address of a machine that is not there yet cannot be asked. */
function questionsOf(task: Task, index: number, world: World): Question[] | { absent: string } {
  let probes: Probes;
  try {
    probes = task.step.probe(sceneOf(world, task));
  } catch (error) {
    if (error instanceof LabwrightError && error.code === "no-address") return { absent: error.message };
    throw error;
  }
  return Object.entries(probes).map(([key, probe]) => {
    const id = `${index}.${key}`;
    return isCommand(probe)
      ? { id, key, machine: task.machine.name, command: probe }
      : { id, key, machine: probe.machine, command: probe.command };
  });
}
