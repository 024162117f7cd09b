import type { Play } from "../engine/play.ts";
import type { Place } from "../engine/step.ts";
import type { Position } from "../lab/problem.ts";

/** An exercise as read from its folder: validated, with its steps bound. */
export interface Exercise {
  /** The folder's name. */
  name: string;
  /** Path of exercise.yaml. */
  file: string;
  title: string;
  /** The student's text, in Markdown. */
  task: string;
  /** How it is solved and why, in Markdown; absent if its author has written nothing about that. */
  solution?: string;
  points: number;
  /** In seconds. */
  timeLimit?: number;
  needs: Need[];
  /** What it owns besides the places of its steps: machines by name or role, and items on them. */
  places: { on: string[]; things: Place[] }[];
  setup: Play[];
  goal: Play[];
  hints: string[];
  wrong: Attempt[];
}

/** A machine (by name or role) or a playbook that the lab must have. */
export interface Need {
  name: string;
  /** The place in the file that names it. */
  place(): Position;
  /** The machine as a lab file has it, on one line, for the remedy; absent if the exercise only names it. */
  machine?: string;
}

/** A likely mistake of a student: a command typed on a machine, and words that grading must contain. */
export interface Attempt {
  name: string;
  on: string;
  run: string;
  expect: string;
}

/** An item that an exercise owns, on its machine. */
export interface Owned extends Place {
  machine: string;
}
