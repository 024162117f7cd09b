import { exitCode, LabwrightError } from "../errors.ts";
import { count, listed } from "../wording.ts";
import { type Acting, act } from "./actions.ts";
import type { Task } from "./labs.ts";
import { checkText, hintsText, tasksText } from "./seat-text.ts";
import type { JobView, WorkView } from "./view.ts";

/** What a command prints, and its exit code. */
export interface Answer {
  text: string;
  code: number;
}

type Note = (text: string) => void;

/** Does what a student's command asks for: what the student's page may do, and nothing else. Throws what forbids it. */
export async function answer(
  student: string,
  [command = "", named, ...more]: readonly string[],
  acting: Acting,
  note: Note,
): Promise<Answer> {
  const { labs, board } = acting;
  const works = () => board.view(student).students.flatMap((view) => view.works);
  const done = (text: string): Answer => ({ text, code: exitCode.done });
  if (more.length > 0) throw wrongUse("the command has too many words", "Run `labwright help`.");
  if (command === "tasks") return done(tasksText(labs.tasks, works()));
  if (!isOnExercise(command))
    throw wrongUse(`there is no command ${JSON.stringify(command)}`, "Run `labwright help`.");
  const task = chosen(command, named, labs.tasks, works());
  const { exercise } = task;
  const work = () => works().find((one) => one.exercise === exercise);
  const job = async (action: "start" | "check" | "hint"): Promise<JobView["ended"]> => {
    await act({ student }, { action, exercise }, acting);
    return jobEnd(student, acting, note);
  };
  switch (command) {
    case "task":
      if (!work()?.text) throw notYet(`${exercise} is not started`, `Run \`labwright start ${exercise}\`.`);
      return done(task.plain.text);
    case "solution":
      if (!work()?.solution)
        throw notYet(
          task.plain.solution === undefined
            ? `${exercise} has no solution`
            : `the solution of ${exercise} is shown once you have passed`,
          `Run \`labwright check ${exercise}\`.`,
        );
      return done(task.plain.solution ?? "");
    case "start": {
      const { isRight, words } = ended(await job("start"));
      const text = isRight ? `${words}\n\n${task.plain.text}` : words;
      return { text, code: isRight ? exitCode.done : exitCode.failed };
    }
    case "hint": {
      const before = work()?.hints.length ?? 0;
      const { isRight, words } = ended(await job("hint"));
      const hints = work()?.hints ?? [];
      const code = isRight && hints.length > before ? exitCode.done : exitCode.failed;
      return { text: `${hintsText(hints)}${words}`, code };
    }
    case "check": {
      const { isRight, words } = ended(await job("check"));
      const goals = isRight ? (work()?.last ?? []) : [];
      const isPassed = goals.length > 0 && goals.every(({ verdict }) => verdict === "right");
      return { text: checkText(goals, words), code: isPassed ? exitCode.done : exitCode.failed };
    }
  }
}

const onExercise = ["task", "start", "check", "hint", "solution"] as const;
type OnExercise = (typeof onExercise)[number];
const isOnExercise = (command: string): command is OnExercise => onExercise.some((one) => one === command);

/** The exercise that is named; else the only one of the class, or the only one that the student can mean. */
function chosen(
  command: OnExercise,
  named: string | undefined,
  tasks: readonly Task[],
  works: readonly WorkView[],
): Task {
  const means = ({ started, progress }: WorkView) =>
    command === "solution" ? progress === "passed" : started !== undefined && progress !== "passed";
  const meant = works.filter(means).map(({ exercise }) => exercise);
  const wanted =
    named ?? (tasks.length === 1 ? tasks[0]?.exercise : meant.length === 1 ? meant[0] : undefined);
  const found = tasks.find(({ exercise }) => exercise === wanted);
  if (found) return found;
  throw named === undefined
    ? wrongUse(
        `it is not clear which of ${count(tasks.length, "exercise")} you mean`,
        `Name one: ${listed(meant.length > 0 ? meant : tasks.map(({ exercise }) => exercise))}.`,
      )
    : wrongUse(`the class has no exercise ${JSON.stringify(named)}`, "Run `labwright tasks`.");
}

/** Waits for the end of the job that has just begun; `note` hears of it. */
function jobEnd(student: string, { board }: Acting, note: Note): Promise<JobView["ended"]> {
  const begun = board.jobOf(student)?.since;
  return new Promise((resolve) => {
    const look = (job: JobView | undefined) => {
      if (job && job.since === begun && !job.ended) return note(`${job.title}: ${job.note || "working"}`);
      stop();
      resolve(job?.ended);
    };
    const stop = board.listen((view) => {
      if (view.student === student) look(view.job);
    });
    look(board.jobOf(student));
  });
}

/** Another job of the same student has begun in the same moment: what the first one came to is on the page. */
const ended = (end: JobView["ended"]): NonNullable<JobView["ended"]> =>
  end ?? { at: "", isRight: false, words: "Something else has begun on your lab: run the command again." };

const wrongUse = (message: string, remedy: string): LabwrightError =>
  new LabwrightError({ code: "wrong-use", message, remedy, exit: exitCode.usage });

const notYet = (message: string, remedy: string): LabwrightError =>
  new LabwrightError({ code: "not-yet", message, remedy });
