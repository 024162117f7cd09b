import { stripVTControlCharacters } from "node:util";

/** Two spaces between columns: readable, and cut(1) and awk(1) can split there. */
const gap = "  ";

/**
 * Rows of cells as aligned columns, without a final newline. Colours count as no width. A row may have fewer
 * cells than others; no line ends in spaces.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  const pad = (cell: string, column: number): string =>
    cell + " ".repeat((widths[column] ?? 0) - widthOf(cell));
  return rows.map((row) => row.map(pad).join(gap).trimEnd()).join("\n");
}

/** In code points: the program's own tables have no characters that are wider than one column. */
const widthOf = (cell: string): number => [...stripVTControlCharacters(cell)].length;
