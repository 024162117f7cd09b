import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { LabwrightError } from "../errors.ts";
import type { ShellSize } from "../hosts/shell.ts";
import type { Labs } from "./labs.ts";
import { refusalOf } from "./reply.ts";
import { codes, resizing, SharedTerminal } from "./shared-terminal.ts";
import type { TerminalView } from "./view.ts";

/** Terminals of one student on one machine. */
const most = 4;
/** The instructor's pages that watch one terminal, and all of them. */
const mostWatchers = { one: 4, all: 16 };
/** A page that is gone without a word is found out by asking it; in milliseconds. */
const beat = 20_000;
/** How long a page may take to close a terminal when the board ends; in milliseconds. */
const farewell = 1000;

/** Called with the terminals that a student has open, whenever they change. */
export type TerminalsListener = (student: string, open: TerminalView[]) => void;

/** Terminals in pages, each a WebSocket to a shell on a machine, and the instructor's pages that watch them. */
export class Terminals {
  readonly #labs: Labs;
  readonly #report: (error: unknown) => void;
  readonly #tell: TerminalsListener;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  readonly #open = new Map<string, number>();
  /** Student → what is shown. */
  readonly #shown = new Map<string, SharedTerminal[]>();
  readonly #beating: NodeJS.Timeout;

  /** `report` is called with errors that nobody has foreseen. */
  constructor(labs: Labs, report: (error: unknown) => void, tell: TerminalsListener) {
    this.#labs = labs;
    this.#report = report;
    this.#tell = tell;
    const alive = new WeakSet<WebSocket>();
    this.#server.on("connection", (page: WebSocket) => {
      alive.add(page);
      page.on("pong", () => alive.add(page));
    });
    this.#beating = setInterval(() => {
      for (const page of this.#server.clients) {
        // A page that is made to wait is not heard.
        if (page.isPaused) continue;
        if (!alive.delete(page)) page.terminate();
        else page.ping();
      }
    }, beat).unref();
  }

  /** Takes over a connection whose sender is known to be the student. */
  open(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    student: string,
    query: URLSearchParams,
  ): void {
    const machine = query.get("machine") ?? "";
    const size = resizing.safeParse(Object.fromEntries(query)).data ?? { columns: 80, rows: 24 };
    const key = `${student}/${machine}`;
    this.#accept(request, socket, head, this.#refusalOf(student, machine), (page) => {
      this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
      page.once("close", () => this.#open.set(key, (this.#open.get(key) ?? 1) - 1));
      void this.#connect(page, student, { machine, size });
    });
  }

  /** Takes over a connection whose sender is known to be the instructor. */
  watch(request: IncomingMessage, socket: Duplex, head: Buffer, id: string): void {
    const all = [...this.#shown.values()].flat();
    const terminal = all.find(({ view }) => view.id === id);
    const watchers = all.reduce((sum, one) => sum + one.watchers, 0);
    const isFull = (terminal?.watchers ?? 0) >= mostWatchers.one || watchers >= mostWatchers.all;
    const refusal = terminal ? (isFull ? tooManyWatchers() : undefined) : terminalEnded();
    this.#accept(request, socket, head, refusal, (page) => terminal?.watch(page));
  }

  /** What forbids a terminal is told in it: a page hears nothing else. */
  #accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    refusal: LabwrightError | undefined,
    serve: (page: WebSocket) => void,
  ): void {
    this.#server.handleUpgrade(request, socket, head, (page) => {
      page.on("error", () => page.terminate());
      if (refusal) return this.#refuse(page, refusal);
      this.#server.emit("connection", page, request);
      serve(page);
    });
  }

  #refusalOf(student: string, machine: string): LabwrightError | undefined {
    if (!this.#labs.machines.includes(machine))
      return new LabwrightError({
        code: "no-machine",
        message: `the lab has no machine ${JSON.stringify(machine)}`,
        remedy: "Load the page again.",
      });
    if ((this.#open.get(`${student}/${machine}`) ?? 0) >= most)
      return new LabwrightError({
        code: "too-many-terminals",
        message: `${machine} has ${most} terminals open`,
        remedy: "Close one of them first, perhaps in another window.",
      });
    return undefined;
  }

  #refuse(page: WebSocket, error: unknown): void {
    if (!(error instanceof LabwrightError)) this.#report(error);
    page.send(JSON.stringify({ error: refusalOf(error) }));
    page.close(codes.failed);
  }

  /** Ends all terminals: students' pages try again, as they do when the board is gone. */
  close(): void {
    clearInterval(this.#beating);
    for (const page of this.#server.clients) page.close(1001);
    // A computer that sleeps does not answer.
    setTimeout(() => {
      for (const page of this.#server.clients) page.terminate();
    }, farewell).unref();
    this.#server.close();
  }

  async #connect(
    page: WebSocket,
    student: string,
    about: { machine: string; size: ShellSize },
  ): Promise<void> {
    try {
      // What is typed meanwhile waits.
      page.pause();
      const shell = await this.#labs.shell(student, about.machine, about.size);
      if (page.readyState !== page.OPEN) return shell.close();
      this.#list(student, page, new SharedTerminal(page, shell, about, (error) => this.#refuse(page, error)));
      page.resume();
    } catch (error) {
      page.resume();
      this.#refuse(page, error);
    }
  }

  /** Lists a terminal among the student's until its page is closed. */
  #list(student: string, page: WebSocket, terminal: SharedTerminal): void {
    const change = (to: (open: SharedTerminal[]) => SharedTerminal[]) => {
      const open = to(this.#shown.get(student) ?? []);
      this.#shown.set(student, open);
      this.#tell(
        student,
        open.map(({ view }) => view),
      );
    };
    change((open) => [...open, terminal]);
    page.once("close", () => change((open) => open.filter((one) => one !== terminal)));
  }
}

const tooManyWatchers = (): LabwrightError =>
  new LabwrightError({
    code: "too-many-watchers",
    message: `a terminal is watched by ${mostWatchers.one} pages at most, and all terminals by ${mostWatchers.all}`,
    remedy: "Stop watching in another page first.",
  });

const terminalEnded = (): LabwrightError =>
  new LabwrightError({
    code: "terminal-ended",
    message: "this terminal has ended",
    remedy: "Choose another one.",
  });
