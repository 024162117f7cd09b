import { styleText } from "node:util";
import { visible } from "./visible.ts";

type Format = Parameters<typeof styleText>[0];

/** Colours a text, or returns it unchanged. */
export type Paint = (format: Format, text: string) => string;

export const noPaint: Paint = (_, text) => text;

/** Colours for `stream`; none if it is not a terminal, or if NO_COLOR is set. */
export const paintFor =
  (stream: NodeJS.WriteStream = process.stdout): Paint =>
  (format, text) =>
    styleText(format, text, { stream });

/** A span of milliseconds for a person: `0.4s`, `12.3s`, `6m 02s`, `1h 05m`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
}

/** Puts `by` before every line that is not empty. */
export const indent = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);

/** `visible`, and on one line. */
export const oneLine = (text: string): string => visible(text.replace(/\s+/g, " ")).trim();

/** Lines that begin with the name of what has printed them, as with `docker compose logs`. Each ends with a newline. */
export const prefixed = (name: string, ...texts: readonly string[]): string =>
  texts
    .flatMap((text) => (text === "" ? [] : text.replace(/\n$/, "").split("\n")))
    .map((line) => `${`${name}  ${line}`.trimEnd()}\n`)
    .join("");
