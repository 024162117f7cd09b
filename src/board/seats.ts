import { LabwrightError } from "../errors.ts";
import type { Board } from "./board.ts";
import type { Labs, Seat, ServeSeat } from "./labs.ts";

export interface SeatsRequest {
  labs: Pick<Labs, "students" | "seat">;
  board: Pick<Board, "listen">;
  tokenOf(student: string): string | undefined;
  serve(student: string, connection: Parameters<ServeSeat>[0]): void;
  /** Called once with each reason why a student has no command that waiting does not remove. */
  report(error: unknown): void;
  /** In milliseconds; tests are in a hurry. */
  times?: typeof usualTimes;
}

/** How often is looked whether a seat is missing, and how long the board waits after one, and after many failures. */
const usualTimes = { each: 1000, first: 5000, most: 60_000 };
/** Seats that are being opened at once. */
const mostOpening = 2;
/** A machine that is down, frozen or being made comes back: nobody has to do anything about it. */
const lasting = /^(seat-|sudo-|forwarding-refused$|command-failed$)/;

interface Place {
  seat?: Seat;
  isOpening?: true;
  /** When it is tried again at the earliest, and how long after that. */
  next: number;
  pause: number;
  /** The end of the last job that has been seen: views keep it. */
  jobEnd?: string;
}

/** Keeps a connection to the machine at which each student logs in, for the students' own command. */
export class Seats {
  readonly #request: SeatsRequest;
  readonly #times: typeof usualTimes;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #reported = new Set<string>();
  readonly #stop = new AbortController();
  readonly #stopListening: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(request: SeatsRequest) {
    this.#request = request;
    this.#times = request.times ?? usualTimes;
    const pause = this.#times.first;
    this.#places = new Map(request.labs.students.map((student) => [student, { next: 0, pause }]));
    // What has been done to a lab may have brought it back.
    this.#stopListening = request.board.listen(({ student, job }) => {
      const place = this.#places.get(student);
      if (!place || !job?.ended || job.ended.at === place.jobEnd) return;
      Object.assign(place, { jobEnd: job.ended.at, next: 0, pause: this.#times.first });
    });
    this.#timer = setInterval(() => this.#step(Date.now()), this.#times.each).unref();
  }

  /** Ends all connections. */
  close(): void {
    clearInterval(this.#timer);
    this.#stopListening();
    this.#stop.abort();
    for (const { seat } of this.#places.values()) seat?.close();
  }

  #step(now: number): void {
    const all = [...this.#places];
    const isDue = ([, { seat, isOpening, next }]: [string, Place]) => !seat && !isOpening && next <= now;
    const due = all.filter(isDue).sort(([, one], [, other]) => one.next - other.next);
    const free = mostOpening - all.filter(([, { isOpening }]) => isOpening).length;
    for (const [student, place] of due.slice(0, Math.max(0, free))) void this.#open(student, place);
  }

  async #open(student: string, place: Place): Promise<void> {
    const { labs, tokenOf, serve } = this.#request;
    const { signal } = this.#stop;
    place.isOpening = true;
    // Whatever comes meanwhile, such as the end of a reset, makes it sooner.
    place.next = Date.now() + place.pause;
    place.pause = Math.min(this.#times.most, place.pause * 2);
    try {
      const seat = await labs.seat(student, tokenOf(student) ?? "", (one) => serve(student, one), signal);
      if (!seat) return;
      if (signal.aborted) return seat.close();
      place.seat = seat;
      // A connection that is lost again and again is not made each second.
      Object.assign(place, { next: Date.now() + this.#times.first, pause: this.#times.first });
      void seat.closed.then(() => delete place.seat);
    } catch (error) {
      this.#report(student, error);
    } finally {
      delete place.isOpening;
    }
  }

  #report(student: string, error: unknown): void {
    if (this.#stop.signal.aborted) return;
    if (error instanceof LabwrightError && !lasting.test(error.code)) return;
    const key = `${student} ${error instanceof Error ? error.message : error}`;
    if (this.#reported.has(key)) return;
    this.#reported.add(key);
    this.#request.report(
      error instanceof LabwrightError
        ? new LabwrightError({
            ...{
              code: error.code,
              message: `${student}: ${error.message}`,
              remedy: error.remedy,
              cause: error.cause,
            },
            ...(error.output !== undefined && { output: error.output }),
          })
        : error,
    );
  }
}
