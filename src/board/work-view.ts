import { extendedBy, phaseAt } from "../class/times.ts";
import type { Work } from "../class/work.ts";
import type { GoalShown } from "../exercises/graded.ts";
import { limitEnd } from "../exercises/score.ts";
import type { State } from "../exercises/state.ts";
import type { Task } from "./labs.ts";
import { progressOf } from "./progress.ts";
import type { BackgroundView, GoalView, WorkView } from "./view.ts";

type Background = NonNullable<State["background"]>;

/** A machine's output may be as long as its student likes. */
const longest = 2000;
const mostWords = 20;

const cut = (text: string): string => (text.length <= longest ? text : `${text.slice(0, longest)} …`);

/** A goal without a title has a name made of its position, which says less than its step. */
const goalView = ({ goal, machine, task, verdict, words }: GoalShown): GoalView => ({
  machine,
  title: /^goal \d+$/.test(goal) ? task : goal,
  verdict,
  words: words.slice(0, mostWords).map(cut),
});

const dateOf = (at: string | undefined): Date | undefined => (at === undefined ? undefined : new Date(at));

const backgroundView = ({ last, best }: Background, work: Work, now: Date): BackgroundView => ({
  ...last,
  progress: progressOf(work, now, best),
});

/** A student's work on an exercise for the pages. Pure. */
export function workView(task: Task, work: Work, now: Date): WorkView {
  const { exercise, hints, text, solution } = task;
  const { grade, state } = work;
  const started = state?.started;
  const checked = state?.checks.at(-1)?.at;
  const passed = grade.state === "passed";
  const ofClass = { opens: dateOf(task.opens), closes: dateOf(task.closes) };
  const times = extendedBy(ofClass, grade.extended ?? 0);
  const phase = phaseAt(times, now);
  const ends = started === undefined ? undefined : limitEnd(task, { ...state, started });
  return {
    exercise,
    progress: progressOf(work, now),
    ...(phase !== "open" && { phase }),
    ...(started !== undefined && { text }),
    ...(solution && grade.state === "passed" && { solution }),
    points: grade.points,
    attempts: grade.attempts,
    ...(grade.right !== undefined && { right: grade.right }),
    ...(grade.goals !== undefined && { goals: grade.goals }),
    hints: hints.slice(0, state?.hints ?? 0),
    ...(started !== undefined && { started }),
    ...(ends && { ends: ends.toISOString() }),
    ...(times.closes && { closes: times.closes.toISOString() }),
    ...(state?.extended !== undefined && { extended: state.extended }),
    ...(state?.solved !== undefined && { solved: true }),
    ...(checked !== undefined && { checked }),
    ...(state?.seen && { last: state.seen.map(goalView) }),
    ...(passed && grade.background && grade.at !== undefined && { seenPassed: grade.at }),
    ...(!passed && state?.background && { background: backgroundView(state.background, work, now) }),
  };
}
