import type { Activity } from "../activity/activity.ts";
import { LabwrightError, messageOf } from "../errors.ts";
import { runAll } from "../hosts/batch.ts";
import type { Command } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";
import { assertNotInterrupted } from "../interruption.ts";
import type { Lab } from "../lab/types.ts";
import { count } from "../wording.ts";
import type { Task } from "./graph.ts";
import type { Observation, Unobserved } from "./observation.ts";
import { type CheckContext, isCommand, type Probes } from "./step.ts";

/** The lab as it can be reached now. */
export interface Inventory {
  lab: Lab;
  addresses: ReadonlyMap<string, string>;
  /** Running machines that `up` drains, if they are nodes, and removes; absent: none. */
  leaving?: readonly string[];
  reach(machine: string, port: number): string | undefined;
  /** `host:port` of the lab's entrance that leads through a door, by `doorName`; undefined if there is none. Absent: no entrance. */
  readonly enter?: (door: string) => string | undefined;
  /** Machines that do not exist or do not run, and why: nothing can be asked of them. */
  absent: ReadonlyMap<string, string>;
  /** Given when nobody waits any more for a look that changes nothing. */
  signal?: AbortSignal;
  /** The connected host of a machine, or of `here`. */
  host(machine: string): Promise<Host>;
}

export const checkContextOf = (inventory: Inventory, task: Task): CheckContext => ({
  lab: inventory.lab,
  machine: task.machine,
  addresses: inventory.addresses,
  ...(inventory.leaving && { leaving: inventory.leaving }),
  reach: inventory.reach,
  ...(inventory.enter && { enter: inventory.enter }),
});

const seconds = 1000;

export interface ObserveOptions {
  signal?: AbortSignal | undefined;
  /** Shows, machine by machine, what is asked and what has answered. */
  activity?: Activity;
}

/** `look` at everything, as a separate activity. */
export const observeAll = (
  tasks: readonly Task[],
  inventory: Inventory,
  { signal, activity }: ObserveOptions & { activity: Activity },
): Promise<Map<Task, Observation>> =>
  activity.child("check", "check the machines", (child) =>
    observe(tasks, inventory, { signal, activity: child }),
  );

/** Takes the probes of all the tasks to their machines, in one round trip a machine, side by side, and checks them. */
export async function observe(
  tasks: readonly Task[],
  inventory: Inventory,
  { signal, activity }: ObserveOptions = {},
): Promise<Map<Task, Observation>> {
  const asked = tasks.map((task, index) => questionsOf(task, index, inventory));
  const questions = asked.flatMap((one) => (one.kind === "questions" ? one.questions : []));
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
        if (answer.kind === "unreachable") end({ outcome: "unreachable", details: [answer.error.message] });
        return answer;
      },
      { machine },
    );
  }

  async function ask(machine: string, note?: (text: string) => void): Promise<Answer> {
    const absent = inventory.absent.get(machine);
    if (absent !== undefined) return { kind: "absent", why: `${machine} ${absent}` };
    try {
      const mine = questions.filter((question) => question.machine === machine);
      note?.("waiting for a connection");
      const host = await inventory.host(machine);
      note?.(`waiting for the answers to ${count(mine.length, "probe")}`);
      const outputs = await runAll(host, Object.fromEntries(mine.map(({ id, command }) => [id, command])), {
        silence: 60 * seconds,
        ...(signal && { signal }),
      });
      return { kind: "outputs", outputs };
    } catch (error) {
      // That nobody waits any more says nothing about the machine.
      assertNotInterrupted(signal);
      return { kind: "unreachable", error: error instanceof Error ? error : new Error(messageOf(error)) };
    }
  }

  const see = (task: Task, index: number): Observation => {
    const facts: Record<string, Output> = {};
    const own = asked[index];
    if (own?.kind === "absent") return own;
    for (const { id, key, machine } of own?.questions ?? []) {
      const answer = answers.get(machine);
      if (answer?.kind !== "outputs") return answer ?? { kind: "absent", why: machine };
      const output = answer.outputs[id];
      if (output) facts[key] = output;
    }
    try {
      return { kind: "seen", differences: task.step.check(facts, checkContextOf(inventory, task)), facts };
    } catch (error) {
      // A check that throws must not hide the results of the others.
      if (error instanceof LabwrightError) return { kind: "unreachable", error };
      throw error;
    }
  };
  return new Map(tasks.map((task, index) => [task, see(task, index)]));
}

/** What a machine answered to all its questions at once. */
type Answer = { kind: "outputs"; outputs: Readonly<Record<string, Output>> } | Unobserved;

interface Question {
  id: string;
  key: string;
  machine: string;
  command: Command;
}

type Questions = { kind: "questions"; questions: readonly Question[] } | (Unobserved & { kind: "absent" });

/** A question that needs the address of a machine that is not there yet cannot be asked. */
function questionsOf(task: Task, index: number, inventory: Inventory): Questions {
  let probes: Probes;
  try {
    probes = task.step.probe(checkContextOf(inventory, task));
  } catch (error) {
    if (error instanceof LabwrightError && error.code === "no-address")
      return { kind: "absent", why: error.message };
    throw error;
  }
  const questions = Object.entries(probes).map(([key, probe]) => {
    const id = `${index}.${key}`;
    return isCommand(probe)
      ? { id, key, machine: task.machine.name, command: probe }
      : { id, key, machine: probe.machine, command: probe.command };
  });
  return { kind: "questions", questions };
}
