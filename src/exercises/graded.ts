export type Verdict = "right" | "wrong" | "unreachable";

/** The result of grading one goal on one machine. */
export interface Graded {
  /** The goal's title. */
  goal: string;
  machine: string;
  task: string;
  key: string;
  verdict: Verdict;
  /** What was observed and what was expected, in words; or why the machine could not be asked. */
  words: string[];
}

/** What people may see of it: a task's key contains the goal's parameters, which are the solution. */
export type GoalShown = Omit<Graded, "key">;

export const goalsShown = (graded: readonly Graded[]): GoalShown[] => graded.map(({ key: _, ...one }) => one);
