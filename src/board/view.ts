import type { MarkdownNode } from "../ui/markdown-node.ts";

// What the service sends to its pages. The pages import these types, so this file imports nothing that needs Node.

export type Progress = "not started" | "working" | "stuck" | "passed";

export interface TaskView {
  exercise: string;
  title: string;
  points: number;
  /** In seconds. */
  timeLimit?: number;
  /** How many hints there are. */
  hints: number;
  /** When the class may work on it; ISO 8601. */
  opens?: string;
  closes?: string;
}

export interface GoalView {
  machine: string;
  title: string;
  verdict: "right" | "wrong" | "unreachable";
  words: string[];
}

/** One student's work on one exercise. Times are ISO 8601. */
export interface WorkView {
  exercise: string;
  progress: Progress;
  /** Absent while it is open, or has no times. */
  phase?: "not open" | "closed";
  /** The task, once it is started: whoever has not started it cannot read ahead. */
  text?: MarkdownNode[];
  /** How it is solved, once the student has passed. */
  solution?: MarkdownNode[];
  points: number;
  attempts: number;
  /** Goals that were right in the best attempt. */
  right?: number;
  goals?: number;
  /** The hints that were taken. */
  hints: string[];
  started?: string;
  /** When the time limit ends. */
  ends?: string;
  /** When the exercise closes for the student; absent if it does not. */
  closes?: string;
  /** By how many seconds the instructor has extended the student's time. */
  extended?: number;
  solved?: true;
  /** When the last check was. */
  checked?: string;
  /** What the last check has seen. */
  last?: GoalView[];
  /** When a background check saw that it is passed; absent if the student's own check did. */
  seenPassed?: string;
  /** What the last background check has seen, until it is passed, and how the work stands by that. Only the instructor sees it. */
  background?: BackgroundView;
}

export interface BackgroundView {
  at: string;
  right: number;
  goals: number;
  progress: Progress;
}

/** Something that happened, in words. */
export interface TimelineEntry {
  at: string;
  exercise?: string;
  words: string;
}

/** What the board does, or did last, with a student's lab. */
export interface JobView {
  title: string;
  since: string;
  note: string;
  ended?: { at: string; isRight: boolean; words: string };
}

/** A terminal that a student's page has open. */
export interface TerminalView {
  id: string;
  machine: string;
  /** ISO 8601. */
  since: string;
}

export interface StudentView {
  student: string;
  lab: { words: string; at?: string };
  works: WorkView[];
  /** When the student raised a hand. */
  hand?: string;
  /** When the student agreed that exports keep the commands that were typed. */
  agreed?: string;
  /** The instructor's last message, until the student has closed it. */
  message?: { text: string; at: string };
  job?: JobView;
  /** What is known to have happened, the latest first. Only the instructor sees it. */
  timeline?: TimelineEntry[];
  /** In the order in which they were opened. */
  terminals: TerminalView[];
}

/** Each action that has a command line, with it; `EXERCISE` stands for the exercise, and `MINUTES` for their number. */
export type CommandLines = Partial<Record<Action, string>>;

export type Action =
  | "start"
  | "check"
  | "hint"
  | "extend"
  | "reset"
  | "pause"
  | "resume"
  | "message"
  | "answer"
  | "raise"
  | "lower"
  | "agree"
  | "disagree"
  | "read";

/** All that a page shows: the first event of its stream. */
export interface BoardView {
  className: string;
  /** The student whose page it is; absent on the instructor's page. */
  student?: string;
  tasks: TaskView[];
  machines: string[];
  /** The NodePort that is offered first; absent if labs have no nodes. */
  nodePort?: number;
  students: StudentView[];
  /** For the instructor: student → command lines. */
  commands?: Record<string, CommandLines>;
  /** For the instructor: exercise → how it is solved. */
  solutions?: Record<string, MarkdownNode[]>;
  /** For the instructor: student → the link that opens the student's page. */
  links?: Record<string, string>;
}

/** What a page gets instead of an answer. */
export interface Refusal {
  code: string;
  message: string;
  remedy: string;
}
