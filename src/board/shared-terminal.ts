import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";
import { z } from "zod";
import type { Shell, ShellSize } from "../hosts/shell.ts";
import { Tail } from "./tail.ts";
import { Takeover } from "./takeover.ts";
import type { TerminalView } from "./view.ts";
import { Watcher } from "./watcher.ts";

/** From so many unsent bytes on, the machine waits for the student's page. */
const mostUnsent = 256 * 1024;
/** What a page that begins to watch is shown of the time before, in bytes. */
const mostBefore = 64 * 1024;

const side = z.coerce.number().int().min(1).max(1000);
export const resizing = z.object({ columns: side, rows: side });
const answering = z.strictObject({ allow: z.boolean() });
const asking = z.strictObject({ takeOver: z.boolean() });

/** Close codes that the protocol leaves to us: RFC 6455, 7.4.2. */
export const codes = { ended: 4000, failed: 4001 } as const;

/**
 * A shell on a machine, the student's page that it belongs to, and the instructor's pages that watch it. It ends with the student's page.
 * Bytes are what is typed and shown; all else is JSON text.
 */
export class SharedTerminal {
  readonly view: TerminalView;
  readonly #page: WebSocket;
  readonly #shell: Shell;
  readonly #tail = new Tail(mostBefore);
  readonly #watchers = new Map<WebSocket, Watcher>();
  readonly #takeover = new Takeover<WebSocket>();
  #size: ShellSize;

  /** `fail` is called with why the shell is lost. */
  constructor(
    page: WebSocket,
    shell: Shell,
    { machine, size }: { machine: string; size: ShellSize },
    fail: (error: unknown) => void,
  ) {
    this.view = { id: randomUUID(), machine, since: new Date().toISOString() };
    this.#page = page;
    this.#shell = shell;
    this.#size = size;
    const { stream } = shell;
    stream.on("data", (bytes: Buffer) => this.#show(bytes));
    stream.on("error", () => page.close(codes.failed));
    stream.on("drain", () => {
      for (const one of [page, ...this.#watchers.keys()]) one.resume();
    });
    page.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.#type(page, data);
      else this.#hear(jsonOf(data));
    });
    page.once("close", () => {
      shell.close();
      for (const watcher of this.#watchers.keys()) watcher.close(codes.ended);
    });
    shell.ended.then((code) => {
      page.send(JSON.stringify({ ended: code }));
      page.close(codes.ended);
    }, fail);
    page.send(JSON.stringify({ opened: true }));
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Shows the terminal in a page of the instructor, whose keys are dropped until the student allows them. */
  watch(watcher: WebSocket): void {
    watcher.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        if (this.#takeover.mayType(watcher)) this.#type(watcher, data);
        return;
      }
      const asked = asking.safeParse(jsonOf(data)).data;
      if (asked) this.#tellIf(asked.takeOver ? this.#takeover.ask(watcher) : this.#takeover.end(watcher));
    });
    watcher.once("close", () => {
      this.#watchers.delete(watcher);
      this.#takeover.end(watcher);
      this.#tellIf(true);
    });
    const beginning = () => [
      JSON.stringify({ screen: this.#size, control: this.#takeover.controlOf(watcher) }),
      this.#tail.bytes,
    ];
    this.#watchers.set(watcher, new Watcher(watcher, beginning));
    this.#tellIf(true);
  }

  #show(bytes: Buffer): void {
    const { stream } = this.#shell;
    this.#tail.add(bytes);
    this.#page.send(bytes, () => {
      if (this.#page.bufferedAmount <= mostUnsent) stream.resume();
    });
    if (this.#page.bufferedAmount > mostUnsent) stream.pause();
    for (const watcher of this.#watchers.values()) watcher.send(bytes);
  }

  #type(from: WebSocket, bytes: Buffer): void {
    if (!this.#shell.stream.write(bytes)) from.pause();
  }

  #hear(message: unknown): void {
    const answer = answering.safeParse(message).data;
    if (answer) this.#tellIf(this.#takeover.answer(answer.allow));
    const size = resizing.safeParse(message).data;
    if (!size) return;
    this.#shell.resize(size);
    this.#size = size;
    for (const watcher of this.#watchers.values()) watcher.send(JSON.stringify({ size }));
  }

  /** Tells everybody who watches and who types, if it is something new. */
  #tellIf(isNew: boolean): void {
    if (!isNew) return;
    this.#page.send(JSON.stringify({ watchers: this.watchers, control: this.#takeover.control }));
    for (const [page, watcher] of this.#watchers)
      watcher.send(JSON.stringify({ control: this.#takeover.controlOf(page) }));
  }
}

function jsonOf(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString("utf8"));
  } catch {
    return undefined;
  }
}
