import type { Work } from "../class/work.ts";
import { forStudent } from "./for-student.ts";
import type { Kept, KeptOfStudent, KeptStore, Message } from "./kept.ts";
import type { Labs } from "./labs.ts";
import { timelineOf } from "./timeline.ts";
import type { BoardView, JobView, StudentView, TerminalView, TimelineEntry } from "./view.ts";
import { workView } from "./work-view.ts";

/** Called with a student's new view; only if it differs from the one before. */
export type ViewListener = (view: StudentView) => void;

interface Known {
  stamp: string;
  work: Work[];
  lab: StudentView["lab"];
  job?: JobView;
  /** Sorted only when one of the two has changed: views are made twice a second. */
  timeline?: { work: Work[]; sent: readonly Message[]; entries: TimelineEntry[] };
  terminals: TerminalView[];
  /** The last view that listeners were given, as JSON. */
  told: string;
}

const noMessages: readonly Message[] = [];

/** What the board knows of every student, kept up to date with the files that commands write. */
export class Board {
  readonly #labs: Labs;
  readonly #kept: KeptStore;
  readonly #now: () => Date;
  readonly #report: (error: unknown) => void;
  readonly #students: ReadonlyMap<string, Known>;
  readonly #listeners = new Set<ViewListener>();

  /** `report` is called with what forbids to read a student's work; the others' goes on. */
  constructor(
    labs: Labs,
    kept: KeptStore,
    report: (error: unknown) => void,
    now: () => Date = () => new Date(),
  ) {
    this.#labs = labs;
    this.#kept = kept;
    this.#report = report;
    this.#now = now;
    this.#students = new Map(
      labs.students.map((student) => [
        student,
        { stamp: "", work: [], lab: { words: "not asked yet" }, terminals: [], told: "" },
      ]),
    );
  }

  get kept(): Kept {
    return this.#kept.value;
  }

  /** Reads the work of those students whose files have changed, and reports every view that has. */
  async refresh(): Promise<void> {
    await Promise.all(
      this.#labs.students.map((student) =>
        this.refreshStudent(student).catch((error: unknown) =>
          this.#report(new Error(`the work of ${student} cannot be read`, { cause: error })),
        ),
      ),
    );
  }

  async refreshStudent(student: string): Promise<void> {
    const known = this.#known(student);
    const stamp = await this.#labs.stamp(student);
    if (stamp !== known.stamp) {
      // What cannot be read is said once, until it changes.
      known.stamp = stamp;
      known.work = await this.#labs.work(student);
    }
    this.#tell(student);
  }

  /** Asks for the state of a lab's machines. */
  async refreshLab(student: string): Promise<void> {
    const words = await this.#labs.state(student);
    this.#known(student).lab = { words, at: this.#now().toISOString() };
    this.#tell(student);
  }

  setJob(student: string, job: JobView): void {
    this.#known(student).job = job;
    this.#tell(student);
  }

  /** Sets which terminals a student's pages have open. */
  setTerminals(student: string, terminals: TerminalView[]): void {
    this.#known(student).terminals = terminals;
    this.#tell(student);
  }

  /** Changes what is kept of a student, on disk too. */
  async keep(student: string, change: (kept: KeptOfStudent) => KeptOfStudent): Promise<void> {
    await this.#kept.change(student, change);
    this.#tell(student);
  }

  /** A student's work as it was read last. */
  workOf(student: string): readonly Work[] {
    return this.#known(student).work;
  }

  jobOf(student: string): JobView | undefined {
    return this.#known(student).job;
  }

  /** As the instructor sees it. */
  viewOf(student: string): StudentView {
    const { lab, job, work, terminals } = this.#known(student);
    const tasks = new Map(this.#labs.tasks.map((task) => [task.exercise, task]));
    const works = work.flatMap((one) => {
      const task = tasks.get(one.grade.exercise);
      return task ? [workView(task, one, this.#now())] : [];
    });
    const { sent, ...kept } = this.kept[student] ?? {};
    const timeline = this.#timeline(student, sent);
    return { student, lab, works, terminals, ...kept, ...(job && { job }), timeline };
  }

  /** All that the page of a student, or of the instructor, begins with. */
  view(student?: string): BoardView {
    const { className, tasks, machines, students, nodePort } = this.#labs;
    const shown = student === undefined ? students : [student];
    return {
      className,
      ...(student !== undefined && { student }),
      tasks: tasks.map(({ text: _, solution: __, plain: ___, hints, ...task }) => ({
        ...task,
        hints: hints.length,
      })),
      machines: [...machines],
      ...(nodePort !== undefined && { nodePort }),
      students: shown.map((one) => (student === undefined ? this.viewOf(one) : forStudent(this.viewOf(one)))),
      ...(student === undefined && {
        commands: Object.fromEntries(students.map((one) => [one, this.#labs.commands(one)])),
        solutions: Object.fromEntries(
          tasks.flatMap(({ exercise, solution }) => (solution ? [[exercise, solution]] : [])),
        ),
      }),
    };
  }

  /** Returns what ends the listening. */
  listen(listener: ViewListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #timeline(student: string, sent: readonly Message[] = noMessages): TimelineEntry[] {
    const known = this.#known(student);
    const { work } = known;
    if (known.timeline?.work !== work || known.timeline.sent !== sent)
      known.timeline = { work, sent, entries: timelineOf(work, sent) };
    return known.timeline.entries;
  }

  #known(student: string): Known {
    const known = this.#students.get(student);
    if (!known) throw new Error(`no student ${student}`);
    return known;
  }

  #tell(student: string): void {
    const known = this.#known(student);
    const view = this.viewOf(student);
    const text = JSON.stringify(view);
    if (text === known.told) return;
    known.told = text;
    for (const listener of this.#listeners) listener(view);
  }
}
