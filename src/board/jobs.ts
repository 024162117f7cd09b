import { LabwrightError, messageOf } from "../errors.ts";
import type { Board } from "./board.ts";
import type { Note } from "./labs.ts";

/** What the board does with a student's lab in the background. */
export interface Job {
  student: string;
  /** Such as `check jobs`. */
  title: string;
  work(note: Note): Promise<string>;
}

/** Runs one job a lab at a time. */
export class Jobs {
  readonly #board: Board;
  readonly #report: (error: unknown) => void;
  readonly #running = new Map<string, Promise<void>>();

  /** `report` is called with errors that nobody has foreseen. */
  constructor(board: Board, report: (error: unknown) => void) {
    this.#board = board;
    this.#report = report;
  }

  /** Begins a job, and returns before it ends. Throws `lab-busy`. */
  begin(job: Job): void {
    const { student } = job;
    const busy = this.#board.jobOf(student);
    if (busy && this.#running.has(student))
      throw new LabwrightError({
        code: "lab-busy",
        message: `"${busy.title}" is running on the lab of ${student} since ${busy.since}`,
        remedy: "Wait until it is done.",
      });
    this.#running.set(
      student,
      this.#run(job).finally(() => this.#running.delete(student)),
    );
  }

  /** Resolves when all jobs have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #run({ student, title, work }: Job): Promise<void> {
    const since = new Date().toISOString();
    const tell = (note: string, ended?: { isRight: boolean; words: string }) =>
      this.#board.setJob(student, {
        ...{ title, since, note },
        ...(ended && { ended: { at: new Date().toISOString(), ...ended } }),
      });
    tell("");
    let ended: { isRight: boolean; words: string };
    try {
      ended = { isRight: true, words: await work((note) => tell(note)) };
    } catch (error) {
      ended = { isRight: false, words: wordsOf(error) };
      if (!(error instanceof LabwrightError)) this.#report(error);
    }
    // Its result first, so that nobody sees the end of a job without what it did.
    await this.#board.refreshStudent(student).catch(this.#report);
    tell("", ended);
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof LabwrightError ? `${error.message}\n${error.remedy}` : messageOf(error);
