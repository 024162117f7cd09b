import { jsonText } from "./json.ts";
import { painted, visible } from "./visible.ts";

interface Writer {
  write(text: string): unknown;
}

/** The only way of commands to standard output: text from others cannot command the terminal. */
export const print = (text: string, stream: Writer = process.stdout): void => {
  stream.write(visible(text));
};

/** For text that `Paint` has coloured. Text from others must be `visible` before, or it could colour too. */
export const printPainted = (text: string, stream: Writer = process.stdout): void => {
  stream.write(painted(text));
};

/** One JSON document. */
export const printJson = (value: unknown, indentation?: number): void => {
  process.stdout.write(`${jsonText(value, indentation)}\n`);
};

/** The only way to standard error. */
export const tell = (text: string, stream: Writer = process.stderr): void => {
  stream.write(visible(text));
};
