import type { Work } from "../class/work.ts";
import type { Kept, KeptStore } from "./kept.ts";
import type { Labs } from "./labs.ts";
import type { BoardView, JobView, StudentView, TerminalView } from "./view.ts";
import { workView } from "./work-view.ts";

/** Called with a student's new view; only if it differs from the one before. */
export type ViewListener = (view: StudentView) => void;

interface Known {
  stamp: string;
  work: Work[];
  lab: StudentView["lab"];
  job?: JobView;
  terminals: TerminalView[];
  /** The last view that listeners were given, as JSON. */
  told: string;
}

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
  async keep(student: string, change: (kept: Kept[string]) => Kept[string]): Promise<void> {
    await this.#kept.change(student, change);
    this.#tell(student);
  }

  jobOf(student: string): JobView | undefined {
    return this.#known(student).job;
  }

  viewOf(student: string): StudentView {
    const { lab, job, work, terminals } = this.#known(student);
    const tasks = new Map(this.#labs.tasks.map((task) => [task.exercise, task]));
    const works = work.flatMap((one) => {
      const task = tasks.get(one.grade.exercise);
      return task ? [workView(task, one, this.#now())] : [];
    });
    return { student, lab, works, terminals, ...this.kept[student], ...(job && { job }) };
  }

  /** All that the page of a student, or of the instructor, begins with. */
  view(student?: string): BoardView {
    const { className, tasks, machines, students } = this.#labs;
    const shown = student === undefined ? students : [student];
    return {
      className,
      ...(student !== undefined && { student }),
      tasks: tasks.map(({ text: _, hints, ...task }) => ({ ...task, hints: hints.length })),
      machines: [...machines],
      students: shown.map((one) => this.viewOf(one)),
      ...(student === undefined && {
        commands: Object.fromEntries(students.map((one) => [one, this.#labs.commands(one)])),
      }),
    };
  }

  /** Returns what ends the listening. */
  listen(listener: ViewListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
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
