import {
  type DefaultRenderer,
  figures,
  Listr,
  ListrLogger,
  type ListrTaskObject,
  ListrTaskState,
} from "listr2";
import type { Event, Listener, Outcome } from "../activity/activity.ts";
import { FrameRenderer } from "./frame.ts";
import { type Entry, Recording } from "./recording.ts";
import { Screen } from "./screen.ts";
import { indent, oneLine, type Paint, paintFor } from "./text.ts";
import { isCounted, label } from "./tree-label.ts";

type Line = ListrTaskObject<undefined, typeof DefaultRenderer, typeof DefaultRenderer>;
type Lines = Listr<undefined, "default", "default">;

/** listr2 has no state for "differs"; among the states that activities never have, this one keeps its line on the screen. */
const states: { [outcome in Outcome]: ListrTaskState } = {
  ok: ListrTaskState.COMPLETED,
  changed: ListrTaskState.COMPLETED,
  differs: ListrTaskState.ROLLED_BACK,
  failed: ListrTaskState.FAILED,
  stopped: ListrTaskState.CANCELLED,
  skipped: ListrTaskState.SKIPPED,
  unreachable: ListrTaskState.FAILED,
};

/** listr2's own signal handler would end the process with 127; a line that failed must not stop its neighbours'. */
const listOptions = { concurrent: true, exitOnError: false, registerSignalListeners: false } as const;

/** Shows runs on the terminal `stream` as a live tree: each run's start opens one, its end closes it. */
export function liveTree(stream: NodeJS.WriteStream, paint: Paint = paintFor(stream)): Listener {
  let tree: LiveTree | undefined;
  return (event) => {
    if (event.event === "start" && event.parent === null) tree = new LiveTree(stream, paint, event.id);
    tree?.add(event);
  };
}

function addLine(list: Lines, title: string, state: ListrTaskState): Line | undefined {
  list.add({ title, task: () => undefined });
  const line = list.tasks.at(-1);
  if (!line) return undefined;
  void line.check(undefined);
  line.state$ = state;
  return line;
}

/**
 * One run's tree. The work is done elsewhere, so listr2 runs nothing here: its renderer draws its lists and
 * tasks, and events move them from state to state.
 */
class LiveTree {
  readonly #recording = new Recording();
  readonly #lists = new Map<number, Lines>();
  readonly #lines = new Map<number, Line>();
  readonly #stream: NodeJS.WriteStream;
  readonly #paint: Paint;
  readonly #rootId: number;
  readonly #root: Lines = new Listr<undefined, "default", "default">([], listOptions);
  readonly #screen: Screen;
  readonly #renderer: FrameRenderer;
  readonly #clock: NodeJS.Timeout;
  readonly #close = () => this.#end();
  readonly #resize = () => {
    if (this.#isDrawing) this.#screen.toStdout(this.#renderer.erasing(this.#stream), false);
  };
  #isDrawing = false;
  #isOver = false;

  constructor(stream: NodeJS.WriteStream, paint: Paint, rootId: number) {
    this.#stream = stream;
    this.#paint = paint;
    this.#rootId = rootId;
    this.#screen = new Screen(stream);
    this.#renderer = new FrameRenderer(
      this.#root.tasks,
      {
        collapseSubtasks: false,
        collapseErrors: true,
        showErrorMessage: false,
        showSkipMessage: false,
        icon: { ROLLED_BACK: figures.warning },
        logger: new ListrLogger({ useIcons: true, toStderr: [], processOutput: this.#screen }),
      },
      this.#root.events,
    );
    // Also if the process ends in the middle: the cursor must come back, and held-back text be printed.
    process.once("exit", this.#close);
    stream.on("resize", this.#resize);
    this.#clock = setInterval(() => this.#refresh(), 500).unref();
    void this.#draw();
  }

  async #draw(): Promise<void> {
    try {
      await this.#renderer.render();
      this.#isDrawing = true;
    } catch (error) {
      process.emitWarning(`the live tree cannot be drawn: ${String(error)}`);
    }
    // The run was over before listr2 had loaded its renderer: this only stops its clock.
    if (this.#isOver && this.#isDrawing) this.#renderer.end();
  }

  add(event: Event): void {
    if (event.event === "warning") this.#warn(event.text);
    const entry = this.#recording.add(event);
    if (!entry) return;
    if (event.event === "start") this.#open(entry);
    else if (event.event === "end") this.#settle(entry);
    else this.#relabel(entry);
    if (event.event === "end" && event.id === this.#rootId) this.#end();
  }

  #open(entry: Entry): void {
    const line = addLine(this.#listOf(entry.parent), label(entry, this.#look()), ListrTaskState.STARTED);
    if (line) this.#lines.set(entry.id, line);
  }

  /** Below everything else, where it is visible also if the tree is higher than the terminal. */
  #warn(text: string): void {
    addLine(this.#root, this.#paint("yellow", oneLine(text)), ListrTaskState.ROLLED_BACK);
  }

  #listOf(parent: Entry | undefined): Lines {
    const above = parent && this.#lines.get(parent.id);
    if (!parent || !above) return this.#root;
    const known = this.#lists.get(parent.id);
    if (known) return known;
    const list = new Listr<undefined, "default", "default">([], listOptions, above);
    above.subtasks = list.tasks;
    this.#lists.set(parent.id, list);
    return list;
  }

  #settle(entry: Entry): void {
    const line = this.#lines.get(entry.id);
    if (!line || !entry.outcome) return;
    this.#relabel(entry);
    if (entry.outcome === "failed" || entry.outcome === "stopped") this.#cancelBelow(entry);
    line.state$ = states[entry.outcome];
    if (!entry.parent) return;
    if (isCounted(entry)) {
      const siblings = this.#listOf(entry.parent).tasks;
      siblings.splice(siblings.indexOf(line), 1);
    }
    this.#relabel(entry.parent);
    if (entry.sameAs) this.#relabel(entry.sameAs);
  }

  /** An activity that was running when its parent failed did not fail itself. */
  #cancelBelow(entry: Entry): void {
    for (const child of entry.children) {
      const line = this.#lines.get(child.id);
      if (line && child.end === undefined) line.state$ = ListrTaskState.CANCELLED;
      this.#cancelBelow(child);
    }
  }

  #relabel(entry: Entry): void {
    const line = this.#lines.get(entry.id);
    if (line) line.title = label(entry, this.#look());
  }

  #refresh(): void {
    for (const entry of this.#recording.entries.values()) if (entry.end === undefined) this.#relabel(entry);
  }

  #look() {
    return { now: Date.now(), columns: (this.#stream.columns ?? 80) - 14, paint: this.#paint };
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#clock);
    process.removeListener("exit", this.#close);
    this.#stream.removeListener("resize", this.#resize);
    if (this.#isDrawing) {
      this.#renderer.end();
    } else {
      this.#screen.toStdout(this.#text());
      this.#screen.isClosed = true;
    }
  }

  /** The current tree, for a run that ended before listr2 could draw. */
  #text(): string {
    const show = (entry: Entry): string[] => [
      label(entry, this.#look()),
      ...entry.children
        .filter((child) => !isCounted(child))
        .map((child) => indent(show(child).join("\n"), "  ")),
    ];
    return this.#recording.roots.flatMap(show).join("\n");
  }
}
