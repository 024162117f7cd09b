interface Waiting {
  resolve: (release: () => void) => void;
  stop: () => void;
}

/** Lets at most `max` holders in at a time; the others wait in their order. `max` may shrink while in use. */
export class Limit {
  #max: number;
  #held = 0;
  readonly #queue: Waiting[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** The current holders, including those whose release is still to come. */
  get held(): number {
    return this.#held;
  }

  /** Never below one, so that somebody can always go on. */
  lower(max: number): void {
    this.#max = Math.max(1, Math.min(this.#max, max));
  }

  /** Waits for a place. Call the result once to release it. Rejects with the signal's reason if that comes first. */
  acquire(signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(signal?.reason);
      };
      const waiting = { resolve, stop: () => signal?.removeEventListener("abort", leave) };
      signal?.addEventListener("abort", leave, { once: true });
      this.#queue.push(waiting);
      this.#admit();
    });
  }

  #admit(): void {
    while (this.#held < this.#max) {
      const next = this.#queue.shift();
      if (!next) return;
      next.stop();
      this.#held++;
      next.resolve(this.#releaser());
    }
  }

  #releaser(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#held--;
      this.#admit();
    };
  }
}
