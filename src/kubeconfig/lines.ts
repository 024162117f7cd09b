/** The text's own line break. */
const lineBreakOf = (text: string): string => /\r?\n/.exec(text)?.[0] ?? "\n";

/** Where the line begins that an offset is in. */
export const lineStart = (text: string, offset: number): number =>
  text.slice(0, offset).lastIndexOf("\n") + 1;

/** Where the line ends, with its line break, that an offset is in. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

export const spliced = (text: string, start: number, end: number, piece = ""): string =>
  text.slice(0, start) + piece + text.slice(end);

/**
 * Puts whole lines before the line that begins at `at`. A text without a line break at its end has none
 * afterwards either, so that `withoutLines` restores the same bytes.
 */
export function withLines(text: string, at: number, added: readonly string[]): string {
  const end = lineBreakOf(text);
  const isOpen = at > 0 && !text.slice(0, at).endsWith("\n");
  const block = added.join(end);
  return spliced(text, at, at, isOpen ? end + block : block + end);
}

/** Removes the lines between two offsets. */
export function withoutLines(text: string, start: number, end: number): string {
  const isOpen = end === text.length && !text.endsWith("\n");
  return isOpen ? text.slice(0, start).replace(/\r?\n$/, "") : spliced(text, start, end);
}

/** Removes a piece from brackets, with the comma before or after it. */
export function withoutPiece(text: string, start: number, end: number): string {
  const next = /^\s*, ?/.exec(text.slice(end))?.[0].length ?? 0;
  const previous = next > 0 ? 0 : (/,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0);
  return spliced(text, start - previous, end + next);
}
