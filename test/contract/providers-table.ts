import type { TestEvent } from "node:test/reporters";
import { parts } from "./providers-candidate.ts";

interface Row {
  provider: string;
  cells: Map<string, string>;
  /** What was skipped, by the reason. */
  skipped: Map<string, string[]>;
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** A reporter for node:test: what the contract suite saw, provider by provider, with times. `npm run contract` uses it. */
export default async function* table(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const rows: Row[] = [];
  const words = new Map<string, string>(Object.entries(parts).map(([word, title]) => [title, word]));
  for await (const { type, data } of source) {
    const provider = type === "test:start" ? /^provider ([\w-]+)$/.exec(data.name)?.[1] : undefined;
    if (provider !== undefined) rows.push({ provider, cells: new Map(), skipped: new Map() });
    const row = rows.at(-1);
    if (!row || (type !== "test:pass" && type !== "test:fail")) continue;
    const word = words.get(data.name);
    if (word === undefined) continue;
    const time = seconds(data.details.duration_ms);
    const reason = data.skip;
    row.cells.set(word, reason === undefined ? (type === "test:pass" ? time : `FAILED ${time}`) : "skipped");
    if (reason !== undefined)
      row.skipped.set(String(reason), [...(row.skipped.get(String(reason)) ?? []), word]);
  }
  yield* lines(rows);
}

function* lines(rows: readonly Row[]): Generator<string> {
  const cell = (text: string) => text.padStart(14);
  yield `\n${"".padEnd(12)}${rows.map(({ provider }) => cell(provider)).join("")}\n`;
  for (const word of Object.keys(parts))
    yield `${word.padEnd(12)}${rows.map(({ cells }) => cell(cells.get(word) ?? "not run")).join("")}\n`;
  for (const { provider, skipped } of rows)
    for (const [reason, words] of skipped)
      yield `${provider}: ${words.length} of ${Object.keys(parts).length} skipped (${words.join(", ")}): ${reason}\n`;
}
