import type { Duplex } from "node:stream";
import type { Work } from "../class/work.ts";
import type { Shell, ShellSize } from "../hosts/shell.ts";
import type { MarkdownNode } from "../ui/markdown-node.ts";
import type { CommandLines, TaskView } from "./view.ts";

/** Called with what is going on now. */
export type Note = (text: string) => void;

/** An exercise for the pages; `hints` are shown one by one, as they are taken. */
export interface Task extends Omit<TaskView, "hints"> {
  hints: readonly string[];
  text: MarkdownNode[];
  /** Sent to instructors, and to students who have passed. */
  solution?: MarkdownNode[];
  /** The same for a terminal with 80 columns. */
  plain: { text: string; solution?: string };
}

/** Answers a connection that a student's command has made. */
export type ServeSeat = (connection: Duplex) => void;

/** A connection to the machine at which a student logs in, which answers the student's command. */
export interface Seat {
  /** Resolves when it has ended. */
  closed: Promise<void>;
  close(): void;
}

/** A class's labs, as the board is given them. What is done to a lab returns what it came to, in words. */
export interface Labs {
  className: string;
  students: readonly string[];
  tasks: readonly Task[];
  /** The machines of each lab that students work on. */
  machines: readonly string[];
  /** A student's work, in the order of the tasks. Connects to nothing. */
  work(student: string): Promise<Work[]>;
  /** Changes whenever `work` would return something else. */
  stamp(student: string): Promise<string>;
  /** What a lab's machines do, in words: `running`. */
  state(student: string): Promise<string>;
  start(student: string, exercise: string, note: Note): Promise<string>;
  check(student: string, exercise: string, note: Note): Promise<string>;
  /** Milliseconds between two checks of an exercise in the background; 0: there are none. */
  checkEvery: number;
  /** Grades a started exercise apart from the student's own checks. Does nothing if the lab is busy, or does not run. */
  checkInBackground(student: string, exercise: string, signal: AbortSignal): Promise<void>;
  hint(student: string, exercise: string, note: Note): Promise<string>;
  /** Gives a student more time for a started exercise. */
  extend(student: string, exercise: string, minutes: number): Promise<string>;
  reset(student: string, note: Note): Promise<string>;
  pause(student: string, note: Note): Promise<string>;
  resume(student: string, note: Note): Promise<string>;
  /** A terminal on one of the student's machines. */
  shell(student: string, machine: string, size: ShellSize): Promise<Shell>;
  /** The NodePort that pages offer first; undefined if labs have no nodes. */
  nodePort?: number | undefined;
  /** A connection to a NodePort of a student's lab. Throws if the port is not a NodePort, and if no node lets us connect to it. */
  connect(student: string, port: number): Promise<Duplex>;
  /** Puts the student's command on the lab's entry machine, and answers it there. Undefined if the machine does not run now. */
  seat(student: string, token: string, serve: ServeSeat, signal: AbortSignal): Promise<Seat | undefined>;
  commands(student: string): CommandLines;
  /** Ends connections that are kept for later ones. */
  close(): void;
}
