import { ANSI_ESCAPE_CODES, ProcessOutput } from "listr2";

const cursorCommands: readonly string[] = [ANSI_ESCAPE_CODES.CURSOR_HIDE, ANSI_ESCAPE_CODES.CURSOR_SHOW];

/**
 * The terminal while a tree is drawn on it. Other output meanwhile is held back, and printed unchanged
 * when the tree is done (listr2's own would remove its colours).
 */
export class Screen extends ProcessOutput {
  /** Set if the tree has nothing left to draw before it has begun. */
  isClosed = false;

  constructor(terminal: NodeJS.WriteStream) {
    super(terminal, terminal === process.stderr ? process.stdout : process.stderr);
  }

  override hijack(): void {
    if (!this.isClosed) super.hijack();
  }

  override toStdout(text: string, eol = true): boolean {
    return this.isClosed || super.toStdout(text, eol);
  }

  override release(): void {
    if (!this.active) return;
    this.active = false;
    const held = [...this.stream.stdout.release(), ...this.stream.stderr.release()];
    // listr2 hides the cursor once a frame by writing to standard error, which also comes through here.
    const texts = held.filter(({ entry }) => !cursorCommands.includes(entry));
    for (const { stream, entry } of texts.sort((a, b) => a.time - b.time)) stream?.write(entry);
    this.stream.stdout.write(ANSI_ESCAPE_CODES.CURSOR_SHOW);
  }
}
