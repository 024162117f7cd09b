import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as soon } from "node:timers/promises";
import { Limit } from "../../src/hosts/limit.ts";

/** Asks for places; the answer tells, each time it is read, who has got one so far. */
function crowd(limit: Limit, names: string) {
  const inside: string[] = [];
  const releases = new Map<string, () => void>();
  for (const name of names)
    limit.acquire().then((release) => {
      inside.push(name);
      releases.set(name, release);
    });
  return { inside: () => inside.join(""), leave: (name: string) => releases.get(name)?.() };
}

test("lets in as many as may, the others in their order, and nobody twice for one leaving", async () => {
  const limit = new Limit(2);
  const people = crowd(limit, "abcd");
  await soon();
  assert.equal(people.inside(), "ab");
  people.leave("b");
  people.leave("b");
  await soon();
  assert.equal(people.inside(), "abc");
  people.leave("a");
  await soon();
  assert.equal(people.inside(), "abcd");
});

test("a lowered limit waits until there are few enough, and is never zero", async () => {
  const limit = new Limit(3);
  const people = crowd(limit, "abcd");
  await soon();
  limit.lower(0);
  people.leave("a");
  people.leave("b");
  await soon();
  assert.equal(people.inside(), "abc");
  people.leave("c");
  await soon();
  assert.equal(people.inside(), "abcd");
});

test("who gives up waiting leaves the queue", async () => {
  const limit = new Limit(1);
  const release = await limit.acquire();
  const control = new AbortController();
  const waiting = limit.acquire(control.signal);
  const next = limit.acquire();
  control.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
  await assert.rejects(limit.acquire(control.signal), /enough/);
  release();
  (await next)();
  assert.equal(limit.held, 0);
});
