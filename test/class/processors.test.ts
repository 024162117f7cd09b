import assert from "node:assert/strict";
import { test } from "node:test";
import { busyAtRest, processorSeconds } from "../../src/class/processors.ts";

test("work of the processors is counted", () => {
  const before = processorSeconds();
  assert.ok(before > 0);
  assert.ok(processorSeconds() >= before);
});

test("what works less and less is looked at until it does not, and not for ever", async () => {
  /** Looks at work of so many seconds each; the clock is the test's own. */
  const looked = async (loads: readonly number[], looks?: number) => {
    let asked = 0;
    let sum = 0;
    // Asked twice a look: before and after it.
    const worked = () => {
      if (asked++ % 2 === 1) sum += loads[(asked - 2) / 2] ?? 0;
      return sum;
    };
    const busy = await busyAtRest({ seconds: 0.02, worked, ...(looks !== undefined && { looks }) });
    return { looks: asked / 2, busy };
  };
  assert.equal((await looked([10, 1, 0.001, 100])).looks, 4);
  assert.ok((await looked([10, 1, 0.001, 100])).busy < 1);
  assert.equal((await looked([10, 9.9])).looks, 2);
  assert.equal((await looked([10, 1, 0.1, 0.01], 3)).looks, 3);
});
