import type { Listener } from "../engine/activity.ts";

/** Writes every event as one line of JSON, just as the stream has it. */
export const jsonLines =
  (stream: { write(text: string): unknown }): Listener =>
  (event) => {
    stream.write(`${JSON.stringify(event)}\n`);
  };
