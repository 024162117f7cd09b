import type { Position } from "../lab/problem.ts";

/** The lines of a text, each with the line break that ends it. */
export const linesOf = (text: string): string[] =>
  text.split(/(?<=\r\n|\n|\r(?!\n))/).filter((line) => line !== "");

/** The text's own line break. */
export const lineBreakOf = (text: string): string => /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";

/** The offset of a position in UTF-16 code units. */
export const offsetOf = (text: string, { line, column }: Position): number =>
  linesOf(text)
    .slice(0, line - 1)
    .reduce((length, one) => length + one.length, 0) +
  column -
  1;

const withoutBreak = (line: string): string => line.replace(/[\r\n]+$/, "");

/**
 * Puts whole lines in before line `at` (from 0). A text that has no line break at its end has none afterwards
 * either, so that `withoutLines` gives back what was.
 */
export function withLines(text: string, at: number, added: readonly string[]): string {
  const lines = linesOf(text);
  const end = lineBreakOf(text);
  const block = added.map((line) => line + end).join("");
  const before = lines.slice(0, at).join("");
  if (at < lines.length || before === "" || /[\r\n]$/.test(before))
    return before + block + lines.slice(at).join("");
  return before + end + withoutBreak(block);
}

/** Takes the lines `from` to before `to` (from 0) out. */
export function withoutLines(text: string, from: number, to: number): string {
  const lines = linesOf(text);
  const last = lines[to - 1] ?? "";
  const before = lines.slice(0, from).join("");
  const isOpenEnd = to >= lines.length && last === withoutBreak(last);
  return (isOpenEnd ? withoutLastBreak(before) : before) + lines.slice(to).join("");
}

const withoutLastBreak = (text: string): string => text.replace(/(\r\n|\n|\r)$/, "");

const isBlank = (line: string): boolean => line.trim() === "";
const isComment = (line: string): boolean => line.trimStart().startsWith("#");
const indentation = (line: string): number => line.length - line.trimStart().length;

/**
 * The end (from 0, exclusive) of the list item whose dash is in line `dash`: all that is indented deeper.
 * Comments and empty lines after its last content are not the item's: they may speak of the next one.
 */
export function itemEnd(lines: readonly string[], dash: number): number {
  const depth = indentation(lines[dash] ?? "");
  let end = dash + 1;
  for (const [index, line] of lines.entries()) {
    if (index <= dash || isBlank(line) || isComment(line)) continue;
    if (indentation(line) <= depth) break;
    end = index + 1;
  }
  return end;
}

/** The line (from 0) of the dash of the item whose content begins in `line` (from 0); -1 where there is none. */
export function dashLine(lines: readonly string[], line: number): number {
  if (/^ *- +\S/.test(lines[line] ?? "")) return line;
  return lines.findLastIndex((text, index) => index < line && /^ *-\s*(#.*)?$/.test(withoutBreak(text)));
}
