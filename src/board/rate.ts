/** How often something may happen: `burst` times at once, and `rate` times a second from then on. */
export interface Rate {
  burst: number;
  rate: number;
}

/** A person asks for little; this leaves room for somebody impatient. */
export const perStudent: Rate = { burst: 60, rate: 20 };

/** Token buckets, one for each key. */
export class Limiter {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Whether it may happen once more; counts it if so. */
  take(key: string): boolean {
    const bucket = this.#filled(key);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  #filled(key: string): { left: number; at: number } {
    const { burst, rate } = this.#rate;
    const at = this.#now();
    const known = this.#buckets.get(key);
    if (!known && this.#buckets.size >= 10_000) this.#forgetFull(at);
    const left = known ? Math.min(burst, known.left + ((at - known.at) / 1000) * rate) : burst;
    const bucket = { left, at };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #forgetFull(at: number): void {
    const { burst, rate } = this.#rate;
    for (const [key, one] of this.#buckets)
      if (one.left + ((at - one.at) / 1000) * rate >= burst) this.#buckets.delete(key);
  }
}
