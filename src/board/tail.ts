/** The last bytes of what a terminal has shown, so many at most, in memory of a fixed size. */
export class Tail {
  readonly #ring: Buffer;
  #written = 0;

  constructor(most: number) {
    this.#ring = Buffer.alloc(most);
  }

  add(bytes: Buffer): void {
    const most = this.#ring.length;
    const kept = bytes.subarray(Math.max(0, bytes.length - most));
    const at = (this.#written + bytes.length - kept.length) % most;
    const copied = kept.copy(this.#ring, at);
    kept.copy(this.#ring, 0, copied);
    this.#written += bytes.length;
  }

  /** If earlier bytes are lost, it begins with a line: neither a character nor a colour is cut in two. */
  get bytes(): Buffer {
    const most = this.#ring.length;
    if (this.#written <= most) return Buffer.from(this.#ring.subarray(0, this.#written));
    const at = this.#written % most;
    const all = Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]);
    const end = all.indexOf("\n");
    // A program that draws the whole screen writes no lines.
    return end < most / 2 ? all.subarray(end + 1) : all;
  }
}
