import { LabwrightError } from "../errors.ts";
import type { Board } from "./board.ts";
import { dueChecks } from "./due.ts";
import type { Labs } from "./labs.ts";

export interface BackgroundRequest {
  labs: Pick<Labs, "students" | "tasks" | "checkEvery" | "checkInBackground">;
  board: Pick<Board, "workOf" | "jobOf" | "listen">;
  /** How many checks run at once at most. */
  most: number;
  /** Called with errors that nobody has foreseen. */
  report(error: unknown): void;
}

/** How often is looked whether a check is due, in milliseconds. */
const each = 1000;

/**
 * Checks in the background what students have started and not passed: one lab at a time or few, spread over the interval, and never a lab on
 * which the board is doing something. What forbids a check, such as a machine that is down, is nobody's failure, and is not shown.
 */
export class BackgroundChecks {
  readonly #request: BackgroundRequest;
  readonly #running = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  /** Student and exercise → when its last check began. */
  readonly #begun = new Map<string, number>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lastBegin = Number.NEGATIVE_INFINITY;

  constructor(request: BackgroundRequest) {
    this.#request = request;
    // An action on a lab does not wait for a check, and must not be seen half done.
    this.#stopListening = request.board.listen(({ student, job }) => {
      if (job && !job.ended) this.#running.get(student)?.stop.abort();
    });
  }

  start(): void {
    if (this.#request.labs.checkEvery > 0)
      this.#timer = setInterval(() => this.step(Date.now()), each).unref();
  }

  /** Begins the next check, if one is due now. */
  step(now: number): void {
    const { labs, board, most } = this.#request;
    const { students, tasks, checkEvery } = labs;
    if (this.#running.size >= most) return;
    const works = students.flatMap((student) => board.workOf(student));
    const { due, open } = dueChecks({ works, tasks, every: checkEvery, begun: this.#begun, now });
    if (now - this.#lastBegin < checkEvery / open) return;
    const next = due.find(({ student }) => !this.#isBusy(student));
    if (!next) return;
    this.#lastBegin = now;
    this.#begun.set(`${next.student} ${next.exercise}`, now);
    const stop = new AbortController();
    const ended = this.#check(next.student, next.exercise, stop.signal).finally(() =>
      this.#running.delete(next.student),
    );
    this.#running.set(next.student, { stop, ended });
  }

  /** Ends all checks. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopListening();
    for (const { stop } of this.#running.values()) stop.abort();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #isBusy(student: string): boolean {
    const job = this.#request.board.jobOf(student);
    return this.#running.has(student) || (job !== undefined && !job.ended);
  }

  async #check(student: string, exercise: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#request.labs.checkInBackground(student, exercise, signal);
    } catch (error) {
      if (!(error instanceof LabwrightError) && !signal.aborted) this.#request.report(error);
    }
  }
}
