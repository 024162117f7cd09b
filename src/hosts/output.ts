import { StringDecoder } from "node:string_decoder";

/** What a command may write to one stream, in bytes: more than any command of ours needs, less than a small machine's memory. */
export const outputLimit = 128 * 1024 * 1024;

/** Gathers the bytes of one stream, and reports its lines as they come. */
export class Collector {
  readonly #chunks: Buffer[] = [];
  readonly #decoder = new StringDecoder("utf8");
  readonly #onLine: ((line: string) => void) | undefined;
  #line = "";
  /** Bytes so far. */
  size = 0;

  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.size += bytes.length;
    if (this.size <= outputLimit) this.#chunks.push(bytes);
    if (this.#onLine) this.#tell(this.#decoder.write(bytes));
  }

  /** All of it as text, decoded in one piece so that no character is torn at a chunk's border. */
  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  /** Reports a last line that no newline ended. */
  finish(): void {
    if (this.#onLine && this.#line !== "") this.#onLine(this.#line);
    this.#line = "";
  }

  #tell(text: string): void {
    const whole = (this.#line + text).split("\n");
    this.#line = whole.pop() ?? "";
    for (const line of whole) this.#onLine?.(line);
  }
}

/** The last `count` lines of a command's output, standard error first, for an error. */
export function lastLines(stderr: string, stdout: string, count = 40): string {
  const linesOf = (text: string) =>
    text
      .slice(-100_000)
      .split("\n")
      .filter((line) => line.trim() !== "");
  const complaints = linesOf(stderr).slice(-count);
  const room = count - complaints.length;
  return [...complaints, ...(room > 0 ? linesOf(stdout).slice(-room) : [])].join("\n");
}

/** A command's first line, at most 200 characters, for an error. */
export function shortened(shown: string): string {
  const [first = "", ...more] = shown.trim().split("\n");
  const cut = first.length > 200 ? first.slice(0, 199) : first;
  return more.length > 0 || cut !== first ? `${cut}…` : cut;
}
