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
  /**
   * The roles or machines that it runs on; `all` are all of the lab's, `software=docker` those whose `software` has it,
   * and `localhost` is the machine that labwright itself runs on.
   */
  on: string[];
  /** Names of the plays that must have ended before this one begins. */
  after: string[];
  tasks: PlayTask[];
}
