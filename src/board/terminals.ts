import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { LabwrightError } from "../errors.ts";
import type { Shell, ShellSize } from "../hosts/shell.ts";
import type { Labs } from "./labs.ts";
import { refusalOf } from "./reply.ts";

/** Terminals of one student on one machine. */
const most = 4;
/** A page that is gone without a word is found out by asking it; in milliseconds. */
const beat = 20_000;
/** How long a page may take to close a terminal when the board ends; in milliseconds. */
const farewell = 1000;
/** From so many unsent bytes on, the machine waits. */
const mostUnsent = 256 * 1024;

const side = z.coerce.number().int().min(1).max(1000);
const resizing = z.object({ columns: side, rows: side });

/** Close codes that the protocol leaves to us: RFC 6455, 7.4.2. */
const codes = { ended: 4000, failed: 4001 } as const;

/**
 * Terminals in pages, each a WebSocket to a shell on a machine. What is typed and shown goes as bytes; sizes, and why a terminal has
 * ended, as JSON text.
 */
export class Terminals {
  readonly #labs: Labs;
  readonly #report: (error: unknown) => void;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024, perMessageDeflate: false });
  readonly #open = new Map<string, number>();
  readonly #beating: NodeJS.Timeout;

  /** `report` is called with errors that nobody has foreseen. */
  constructor(labs: Labs, report: (error: unknown) => void) {
    this.#labs = labs;
    this.#report = report;
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

  /** Takes over a connection whose sender is known to be the student. What forbids a terminal is told in it: a page hears nothing else. */
  open(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    student: string,
    query: URLSearchParams,
  ): void {
    const machine = query.get("machine") ?? "";
    const refusal = this.#refusalOf(student, machine);
    const size = resizing.safeParse(Object.fromEntries(query)).data ?? { columns: 80, rows: 24 };
    const key = `${student}/${machine}`;
    this.#server.handleUpgrade(request, socket, head, (page) => {
      page.on("error", () => page.terminate());
      if (refusal) return this.#refuse(page, refusal);
      this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
      page.once("close", () => this.#open.set(key, (this.#open.get(key) ?? 1) - 1));
      this.#server.emit("connection", page, request);
      void this.#connect(page, student, machine, size);
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

  /** Ends all terminals: pages try again, as they do when the board is gone. */
  close(): void {
    clearInterval(this.#beating);
    for (const page of this.#server.clients) page.close(1001);
    // A computer that sleeps does not answer.
    setTimeout(() => {
      for (const page of this.#server.clients) page.terminate();
    }, farewell).unref();
    this.#server.close();
  }

  async #connect(page: WebSocket, student: string, machine: string, size: ShellSize): Promise<void> {
    try {
      // What is typed meanwhile waits.
      page.pause();
      const shell = await this.#labs.shell(student, machine, size);
      if (page.readyState !== page.OPEN) return shell.close();
      bridge(page, shell, (error) => this.#refuse(page, error));
      page.send(JSON.stringify({ opened: true }));
      page.resume();
    } catch (error) {
      page.resume();
      this.#refuse(page, error);
    }
  }
}

/** Connects a page with a shell until one of them ends. */
function bridge(page: WebSocket, shell: Shell, fail: (error: unknown) => void): void {
  const { stream } = shell;
  stream.on("data", (bytes: Buffer) => {
    page.send(bytes, () => {
      if (page.bufferedAmount <= mostUnsent) stream.resume();
    });
    if (page.bufferedAmount > mostUnsent) stream.pause();
  });
  stream.on("error", () => page.close(codes.failed));
  stream.on("drain", () => page.resume());
  page.on("message", (data: Buffer, isBinary: boolean) => {
    if (isBinary) {
      if (!stream.write(data)) page.pause();
      return;
    }
    const size = resizing.safeParse(jsonOf(data)).data;
    if (size) shell.resize(size);
  });
  page.once("close", () => shell.close());
  shell.ended.then((code) => {
    page.send(JSON.stringify({ ended: code }));
    page.close(codes.ended);
  }, fail);
}

function jsonOf(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString("utf8"));
  } catch {
    return undefined;
  }
}
