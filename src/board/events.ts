import type { ServerResponse } from "node:http";
import type { Who } from "./access.ts";
import type { Board } from "./board.ts";
import { forStudent } from "./for-student.ts";
import { commonHeaders } from "./reply.ts";
import type { BoardView } from "./view.ts";

/** A connection that nobody answers is found out by writing to it; in milliseconds. */
const beat = 15_000;
/** A page that reads so slowly loads everything again when it comes back; in bytes. */
const mostUnsent = 4 * 1024 * 1024;

/** Pages that hear of changes: server-sent events, first a snapshot, then each student's view when it changes. */
export class Events {
  readonly #board: Board;
  readonly #open = new Map<ServerResponse, Who>();
  readonly #beating: NodeJS.Timeout;
  readonly #stop: () => void;

  constructor(board: Board) {
    this.#board = board;
    this.#stop = board.listen((view) => {
      const text = message("student", view);
      const own = message("student", forStudent(view));
      for (const [response, who] of this.#open)
        if (who === "instructor") this.#send(response, text);
        else if (who.student === view.student) this.#send(response, own);
    });
    this.#beating = setInterval(() => {
      for (const response of this.#open.keys()) this.#send(response, ":\n\n");
    }, beat).unref();
  }

  /** How many pages of somebody are open. */
  count(who: Who): number {
    return [...this.#open.values()].filter((one) => sameAs(one, who)).length;
  }

  open(response: ServerResponse, who: Who, more: Partial<BoardView>): void {
    response.writeHead(200, { ...commonHeaders, "Content-Type": "text/event-stream" });
    this.#open.set(response, who);
    response.once("close", () => this.#open.delete(response));
    const view = { ...this.#board.view(who === "instructor" ? undefined : who.student), ...more };
    this.#send(response, `retry: 1000\n${message("snapshot", view)}`);
  }

  close(): void {
    clearInterval(this.#beating);
    this.#stop();
    for (const response of this.#open.keys()) response.destroy();
  }

  #send(response: ServerResponse, text: string): void {
    if (response.writableLength > mostUnsent) response.destroy();
    else response.write(text);
  }
}

const sameAs = (one: Who, other: Who): boolean => JSON.stringify(one) === JSON.stringify(other);

const message = (event: string, value: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(value)}\n\n`;
