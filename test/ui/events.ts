import type { ActivityKind, Event, FailureShape, Outcome } from "../../src/activity/activity.ts";

/** Writes the events of a run by hand, with a clock that only moves when told. Times are seconds. */
export class Story {
  readonly events: Event[] = [];
  #ids = 0;
  #at = 1_000_000;

  wait(seconds: number): this {
    this.#at += seconds * 1000;
    return this;
  }

  get now(): number {
    return this.#at;
  }

  start(kind: ActivityKind, title: string, parent: number | null = null, machine?: string): number {
    this.#ids += 1;
    const about = { id: this.#ids, parent, kind, title, ...(machine !== undefined && { machine }) };
    this.events.push({ event: "start", ...about, at: this.#at });
    return this.#ids;
  }

  note(id: number, text: string): void {
    this.events.push({ event: "note", id, text, at: this.#at });
  }

  end(id: number, outcome: Outcome = "ok", details: string[] = [], error?: FailureShape): void {
    this.events.push({ event: "end", id, outcome, details, ...(error && { error }), at: this.#at });
  }

  /** A task that starts and ends `seconds` later. */
  task(
    title: string,
    parent: number,
    machine: string,
    outcome: Outcome = "ok",
    details: string[] = [],
    seconds = 1,
  ) {
    const id = this.start("task", title, parent, machine);
    this.wait(seconds).end(id, outcome, details);
  }
}

/** What an inspection of a damaged lab tells: a play on two machines, and one whose machine is gone. */
export function inspection(): Event[] {
  const story = new Story();
  const run = story.start("run", "verify basics");
  const cp = story.start("play", "Start the control plane", run, "cp");
  story.task("kubelet", cp, "cp", "differs", ["maxPods is 100, not 110", "the service is stopped"]);
  story.task("kubeadm-init", cp, "cp");
  story.end(cp, "differs");
  for (const machine of ["w1", "w2"]) {
    const play = story.start("play", "Prepare the workers", run, machine);
    if (machine === "w1") {
      story.task("kubelet", play, "w1", "differs", ["w1 does not exist"]);
      story.task("kubeadm-join", play, "w1", "differs", ["w1 does not exist"]);
    } else {
      story.task("kubelet", play, "w2", "unreachable", ["w2: no answer on port 22"]);
      story.task("kubeadm-join", play, "w2", "skipped");
    }
    story.end(play, "differs");
  }
  story.end(run);
  return story.events;
}

export const failure: FailureShape = {
  code: "kubelet-dead",
  message: "w1: the kubelet did not start",
  remedy: "Read its journal.",
  output: "E1122 \u001b[31mno cgroup\u001b[0m\nexit 1\n",
};

/** A run in which a compilation takes six minutes, one machine fails, and another goes on to its end. */
export function failedRun(): Event[] {
  const story = new Story();
  const run = story.start("run", "up basics");
  const artifact = story.start("artifact", "Kubernetes 1.36", run);
  const w1 = story.start("play", "Prepare the workers", run, "w1");
  const w2 = story.start("play", "Prepare the workers", run, "w2");
  story.task("kernel-settings", w1, "w1");
  story.task("kernel-settings", w2, "w2", "changed", ["br_netfilter is not loaded"], 2.5);
  const bad = story.start("task", "kubelet", w1, "w1");
  story.wait(10).end(bad, "failed", [], failure);
  story.end(w1, "failed", [], failure);
  story.end(w2);
  story.wait(346.5).end(artifact);
  story.end(run, "failed", [], failure);
  return story.events;
}
