import type { BoundStep } from "./step.ts";

/** One task of a play: a step's name, with its parameters bound. */
export interface PlayTask {
  title: string;
  /** The step's name and parameters: tasks of one key on one machine are the same task. */
  key?: string;
  step: BoundStep;
}

export interface Play {
  name: string;
  /** The machines that it runs on, as `machinesOn` reads them, and `localhost` for the computer that runs labwright. */
  on: string[];
  /** Whether it runs on one machine after the other, in the order of the lab file; otherwise it runs side by side. */
  serial?: boolean | undefined;
  /** Names of the plays that must have ended before this one begins. */
  after: string[];
  tasks: PlayTask[];
}
