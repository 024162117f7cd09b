import assert from "node:assert/strict";
import { test } from "node:test";
import { connected } from "../../../src/providers/pulumi/stack.ts";
import { quiet } from "../../cloud/lab.ts";

const unconnected = "14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED";

async function tries(...errors: string[]): Promise<{ tried: number; failed?: string }> {
  let tried = 0;
  const work = async () => {
    const error = errors[tried++];
    if (error !== undefined) throw new Error(error);
  };
  return connected(work, quiet).then(
    () => ({ tried }),
    ({ message }) => ({ tried, failed: message }),
  );
}

test("where Pulumi's engine and its program did not find each other, it is asked once more, and only then", async () => {
  assert.deepEqual(await tries(), { tried: 1 });
  assert.deepEqual(await tries(unconnected), { tried: 2 });
  assert.deepEqual(await tries(unconnected, unconnected), { tried: 2, failed: unconnected });
  assert.deepEqual(await tries("13 INTERNAL: something"), { tried: 1, failed: "13 INTERNAL: something" });
});
