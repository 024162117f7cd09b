import type { Listener } from "../activity/activity.ts";
import { visibleJson } from "./visible.ts";

/** A value as JSON, with escapes for all characters that a terminal would obey. */
export const jsonText = (value: unknown, indentation?: number): string =>
  visibleJson(JSON.stringify(value, undefined, indentation));

/** Writes every event as one line of JSON, unchanged. */
export const jsonLines =
  (stream: { write(text: string): unknown }): Listener =>
  (event) => {
    stream.write(`${jsonText(event)}\n`);
  };
