import { stripVTControlCharacters } from "node:util";
import { DefaultRenderer } from "listr2";

const up = "\u001b[1A";
const eraseLine = "\u001b[2K";

/** How many more rows than lines a frame has once a terminal of this width has wrapped it again. */
export const rowsMore = (frame: string, columns: number): number =>
  frame
    .split(/\r?\n/)
    .map((line) => Math.max(1, Math.ceil([...stripVTControlCharacters(line)].length / columns)) - 1)
    .reduce((sum, rows) => sum + rows, 0);

/**
 * listr2's renderer, which erases as many rows as it has written lines. A terminal that becomes narrower wraps these lines,
 * and rows of the old frame would stay above the new one.
 */
export class FrameRenderer extends DefaultRenderer {
  #frame = "";

  override create(options?: Parameters<DefaultRenderer["create"]>[0]): string {
    this.#frame = super.create(options);
    return this.#frame;
  }

  /**
   * Erases the rows that the wrapping has added, from the last one upwards; the renderer erases the rest with its next
   * frame.
   */
  erasing({ columns = 80, rows = 24 }: { columns?: number; rows?: number }): string {
    return `${eraseLine}${up}`.repeat(Math.min(rowsMore(this.#frame, columns), rows));
  }
}
