import type { WebSocket } from "ws";

/** From so many unsent bytes on, what comes is left out. */
const mostUnsent = 256 * 1024;

/**
 * A page that watches a terminal. The terminal never waits for it: a page that reads too slowly misses something, and then begins again
 * with what the terminal shows by then.
 */
export class Watcher {
  readonly #page: WebSocket;
  readonly #beginning: () => (string | Buffer)[];
  #isBehind = false;

  /** `beginning` is all that a page needs to show the terminal as it is now. */
  constructor(page: WebSocket, beginning: () => (string | Buffer)[]) {
    this.#page = page;
    this.#beginning = beginning;
    this.#begin();
  }

  send(data: string | Buffer): void {
    if (this.#isBehind) return;
    if (this.#page.bufferedAmount > mostUnsent) this.#isBehind = true;
    else this.#page.send(data, () => this.#catchUp());
  }

  #begin(): void {
    for (const one of this.#beginning()) this.send(one);
  }

  #catchUp(): void {
    const { readyState, OPEN, bufferedAmount } = this.#page;
    if (!this.#isBehind || readyState !== OPEN || bufferedAmount > 0) return;
    this.#isBehind = false;
    this.#begin();
  }
}
