import assert from "node:assert/strict";
import { test } from "node:test";
import { addContext, contextOf, removeContext } from "../../src/kubeconfig/context.ts";
import { isFields, itemsOf, readDocument, sections } from "../../src/kubeconfig/document.ts";
import { kubeconfig } from "./generate.ts";
import { lab } from "./samples.ts";

const mark = /^\uFEFF/;

const dataOf = (text: string) => readDocument(text.replace(mark, ""));

/** Lines that adding may change: the pointer, and lists whose value stands on the key's own line. */
const mayChange = (line: string): boolean =>
  /^"?(current-context|clusters|contexts|users)"?:|^\{\}/.test(line);

/** The lines of `text` that are not, in their order, lines of `longer`. */
function linesLost(text: string, longer: string): string[] {
  const found = longer.split(/\r?\n/);
  return text.split(/\r?\n/).filter((line) => {
    const at = found.indexOf(line);
    if (at < 0) return !mayChange(line);
    found.splice(0, at + 1);
    return false;
  });
}

/** A kubeconfig's data without what a lab adds. */
function others(text: string, names: readonly string[]) {
  const { "current-context": _, ...root } = dataOf(text);
  const foreign = sections.map((section) => [
    section,
    itemsOf(root, section).filter(({ name }) => !names.includes(name)),
  ]);
  return { ...root, ...Object.fromEntries(foreign) };
}

test("of any kubeconfig, adding keeps all others, twice is once, and removing gives back the same bytes", () => {
  const ours = ["labwright-basics", "basics"];
  for (let seed = 1; seed <= 600; seed += 1) {
    const text = kubeconfig(seed);
    const about = `seed ${seed}:\n${text}`;
    const added = addContext(text, lab());
    assert.deepEqual(contextOf(added, "basics"), lab(), about);
    assert.equal(dataOf(added)["current-context"], "basics", about);
    assert.deepEqual(others(added, ours), { ...skeleton(text), ...others(text, ours) }, about);
    assert.equal(addContext(added, lab()), added, about);
    assert.equal(removeContext(added, "basics"), text, `${about}\n--- added:\n${added}`);
  }
});

test("of any kubeconfig, adding touches no line but the pointer's and those of lists on one line", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const text = kubeconfig(seed);
    const added = addContext(text, lab());
    assert.deepEqual(
      linesLost(text.replace(mark, ""), added.replace(mark, "")),
      [],
      `seed ${seed}:\n${text}\n--- added:\n${added}`,
    );
    assert.equal(/\r/.test(added), /\r/.test(text), `seed ${seed}: the line breaks stay the text's own`);
    assert.equal(
      /\r[^\n]|[^\r]\n/.test(added) && /\r/.test(text),
      false,
      `seed ${seed}: no line breaks are mixed`,
    );
  }
});

test("of any kubeconfig, two labs come and go in any order without a trace", () => {
  for (let seed = 1000; seed <= 1150; seed += 1) {
    const text = kubeconfig(seed);
    const both = addContext(addContext(text, lab("one")), lab("two"));
    assert.equal(
      removeContext(removeContext(both, "one"), "two"),
      text,
      `seed ${seed}, first out first:\n${text}`,
    );
    assert.equal(
      removeContext(removeContext(both, "two"), "one"),
      text,
      `seed ${seed}, last out first:\n${text}`,
    );
  }
});

/** What adding writes into a file that held nothing. */
const skeleton = (text: string) => {
  const root = dataOf(text);
  return isFields(root) && Object.keys(root).length === 0 && !text.includes("{")
    ? { apiVersion: "v1", kind: "Config" }
    : {};
};
