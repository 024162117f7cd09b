import assert from "node:assert/strict";
import type { Event } from "../../src/activity/activity.ts";

/** What `labwright smoke` wrote, as texts. */
export interface Report {
  junit: string;
  summary: string;
  /** Its output with `--json`. */
  lines: string;
}

/** What a report says but for the provider, times and costs: it is the same for every provider of a lab. */
export interface Shape {
  /**
   * Test cases and their suites, sorted: machines work side by side. What `down` undoes on machines that stay is left out:
   * all others are removed, and have nothing undone.
   */
  cases: string[];
  /** Names of the attributes of each kind of JUnit element. */
  attributes: string[];
  /** The summary's lines; a cost is told by clouds alone. */
  summary: string[];
  /** Names of the fields of each kind of event. */
  fields: string[];
  /** The parts of the run, in order. */
  parts: string[];
}

export function shapeOf({ junit, summary, lines }: Report): Shape {
  const elements = [...junit.matchAll(/<(\w+) ([^>]*?)\/?>/g)];
  const attributesOf = (text: string) => [...text.matchAll(/([\w-]+)="([^"]*)"/g)];
  const cases = elements
    .filter(([, tag]) => tag === "testcase")
    .map(([, , text = ""]) => {
      const { classname, name } = Object.fromEntries(
        attributesOf(text).map(([, key, value]) => [key, value]),
      );
      return `${classname} | ${name}`;
    });
  assert.ok(cases.length > 0, junit);
  const events = lines
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): Event => JSON.parse(line));
  const [root] = events.flatMap((event) =>
    event.event === "start" && event.parent === null ? [event.id] : [],
  );
  return {
    cases: cases.filter((one) => !/^down \| (?!localhost: )/.test(one)).sort(),
    attributes: sorted(
      elements.map(([, tag, text = ""]) => `${tag}: ${attributesOf(text).map(([, key]) => key)}`),
    ),
    summary: summary
      .replaceAll(/\d+(\.\d)? s\b/g, "… s")
      .replace(/ by \w+,/, " by …,")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("Costs ")),
    fields: sorted(events.map((event) => `${event.event}: ${Object.keys(event)}`)),
    parts: events.flatMap((event) => (event.event === "start" && event.parent === root ? [event.title] : [])),
  };
}

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
