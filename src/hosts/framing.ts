import type { Marks } from "./program.ts";

const noiseKept = 16 * 1024;
/** The longest exit code line: more than three digits is not an exit code. */
const longestCode = 16;
const newline = "\n".charCodeAt(0);

/**
 * One output stream of a program, cut out of a channel's output: text before the start mark
 * (a login shell's greeting, sudo's complaint) and after the end mark (a daemon left behind) is not the program's.
 */
export class Frame {
  readonly #marks: { start: Buffer; end: Buffer };
  #pending: Buffer = Buffer.alloc(0);
  #state: "before" | "inside" | "code" | "after" = "before";
  /** The exit code in the end mark, once that was received. */
  code: number | undefined;

  constructor(marks: Marks) {
    this.#marks = { start: Buffer.from(marks.start), end: Buffer.from(marks.end) };
  }

  get started(): boolean {
    return this.#state !== "before";
  }

  /** What came before the start mark, up to a limit. Only meaningful if the program never started. */
  get noise(): string {
    return this.#state === "before" ? this.#pending.toString() : "";
  }

  /** Takes received bytes, and returns those of the program. */
  push(chunk: Buffer): Buffer {
    if (this.#state === "after") return nothing;
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (this.#state === "before") return this.#before(bytes);
    return this.#state === "inside" ? this.#inside(bytes) : this.#codeLine(bytes);
  }

  #before(bytes: Buffer): Buffer {
    const at = bytes.indexOf(this.#marks.start);
    if (at < 0) {
      this.#pending = bytes.subarray(-noiseKept);
      return nothing;
    }
    this.#state = "inside";
    return this.#inside(bytes.subarray(at + this.#marks.start.length));
  }

  #inside(bytes: Buffer): Buffer {
    const at = bytes.indexOf(this.#marks.end);
    const own = bytes.subarray(0, at < 0 ? bytes.length - beginningAtEnd(bytes, this.#marks.end) : at);
    this.#pending = bytes.subarray(own.length);
    if (at >= 0) {
      this.#state = "code";
      this.#codeLine(bytes.subarray(at + this.#marks.end.length));
    }
    return own;
  }

  #codeLine(bytes: Buffer): Buffer {
    const at = bytes.indexOf(newline);
    const isWhole = at >= 0 || bytes.length > longestCode;
    this.#pending = isWhole ? nothing : bytes;
    if (isWhole) {
      this.#state = "after";
      this.code = Number.parseInt(bytes.toString("latin1", 0, at < 0 ? 0 : at), 10);
    }
    return nothing;
  }
}

const nothing = Buffer.alloc(0);

/** How many of the last bytes could be the beginning of `mark`: these wait for what comes next. */
function beginningAtEnd(bytes: Buffer, mark: Buffer): number {
  for (let length = Math.min(mark.length - 1, bytes.length); length > 0; length--)
    if (bytes.subarray(bytes.length - length).equals(mark.subarray(0, length))) return length;
  return 0;
}
