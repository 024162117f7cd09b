import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CheckContext } from "../../src/engine/step.ts";
import type { Host } from "../../src/hosts/types.ts";
import { encryptionFile } from "../../src/kubernetes/api-server-files.ts";
import { keyDifferences, provideKey, switchedAmongSeveral } from "../../src/kubernetes/encryption-key.ts";
import { nothing, said } from "../support/steps.ts";

const lab = { machines: ["cp1", "cp2", "cp3"].map((name) => ({ name, role: "control-plane" })) };
const context = { lab, machine: { name: "cp2" } } as unknown as CheckContext;

/** What cp2, the machine of the task, has, and what the others have: a key, none, or no cluster. */
const facts = (own: string | undefined, others: Record<string, string | undefined> = {}) => ({
  key: own === undefined ? nothing : said(own),
  "key.cp1": others.cp1 === undefined ? nothing : said(others.cp1),
  "key.cp3": others.cp3 === undefined ? nothing : said(others.cp3),
});

describe("a control plane has the key of the others", () => {
  test("it differs without one, and with another one", () => {
    assert.deepEqual(keyDifferences(facts(undefined), context), [`${encryptionFile} is missing`]);
    assert.deepEqual(keyDifferences(facts("a", { cp1: "a", cp3: "" }), context), []);
    assert.deepEqual(keyDifferences(facts("a", { cp1: "", cp3: "b" }), context), [
      `${encryptionFile} has another key than on cp3`,
    ]);
  });

  /** What is run and written on cp2. */
  async function provided(of: ReturnType<typeof facts>, isEncrypting = false): Promise<string[]> {
    const done: string[] = [];
    const host = {
      name: "cp2",
      run: async () => done.push("makes one"),
      write: async ({ path, content, mode }: { path: string; content: string; mode: number }) =>
        done.push(`${path} ${content} ${mode.toString(8)}`),
    } as unknown as Host;
    const on = async (name: string) => ({ run: async () => said(`the key of ${name}`) }) as unknown as Host;
    await provideKey(host, { ...context, on }, of, isEncrypting);
    return done;
  }

  test("the first one makes it, each further one gets it", async () => {
    assert.deepEqual(await provided(facts(undefined)), ["makes one"]);
    assert.deepEqual(await provided(facts(undefined, { cp1: "a" })), [
      `${encryptionFile} the key of cp1 600`,
    ]);
    assert.deepEqual(await provided(facts("left", { cp1: "", cp3: "a" })), [
      `${encryptionFile} the key of cp3 600`,
    ]);
  });

  test("one that has lost it gets it from the others; without them, no other one is made", async () => {
    assert.deepEqual(await provided(facts(undefined, { cp3: "a" }), true), [
      `${encryptionFile} the key of cp3 600`,
    ]);
    await assert.rejects(provided(facts(undefined), true), { code: "encryption-key-gone" });
  });

  test("a key with which it has encrypted is not replaced", async () => {
    await assert.rejects(provided(facts("b", { cp1: "a" }), true), { code: "encryption-key-differs" });
  });
});

test("several control planes are not switched one after the other", () => {
  const refused = (of: ReturnType<typeof facts>, isWanted: boolean) =>
    switchedAmongSeveral(of, context, isWanted)?.code;
  assert.equal(refused(facts(undefined, { cp1: "", cp3: "" }), true), "encryption-is-fixed");
  assert.equal(refused(facts("a", { cp1: "a", cp3: "a" }), false), "encryption-is-fixed");
  assert.equal(refused(facts("a", { cp1: "a" }), true), undefined);
  assert.equal(refused(facts(undefined, { cp1: "a" }), true), undefined);
  assert.equal(refused(facts(undefined, { cp1: "" }), false), undefined);
  // Those that are not part of a cluster do not count.
  assert.equal(refused(facts(undefined), true), undefined);
  assert.equal(refused(facts("a"), false), undefined);
});
