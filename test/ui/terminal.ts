import { Writable } from "node:stream";

/** A stream that looks like a terminal and remembers what was written to it. */
export function terminal({ isTTY = true, columns = 100, rows = 40 } = {}) {
  let text = "";
  const sink = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const stream = Object.assign(sink, { isTTY, columns, rows }) as unknown as NodeJS.WriteStream;
  return { stream, text: () => text };
}
