import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { contextOf } from "../../src/kubeconfig/context.ts";

/** What a client saw that writes ConfigMaps to a cluster, each with its number, and reads each back. */
export interface Written {
  /** Numbers of writes that the API server acknowledged. */
  acknowledged: number[];
  /** Acknowledged writes that were read back with another value, or not found. */
  wrong: string[];
  /** The longest time between two acknowledged writes, in milliseconds. */
  longestPause: number;
}

/** Starts a client that writes and reads with the context of a kubeconfig, one write after the other, until `stop`. */
export async function startWriting(kubeconfig: string, lab: string): Promise<{ stop(): Promise<Written> }> {
  const context = contextOf(await readFile(kubeconfig, "utf8"), lab);
  if (!context) throw new Error(`${kubeconfig} has no context ${lab}`);
  const decoded = (data: string | undefined) => Buffer.from(data ?? "", "base64");
  const options = {
    ca: decoded(context.caData),
    cert: decoded(context.clientCertData),
    key: decoded(context.clientKeyData),
    // A connection to a control plane that is gone would otherwise be used again.
    agent: new Agent({ keepAlive: false }),
    timeout: 3000,
  };

  const ask = (method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> =>
    new Promise((resolve) => {
      const failed = () => resolve({ status: 0, text: "" });
      const asked = request(
        `${context.server}/api/v1/namespaces/default/configmaps${path}`,
        { ...options, method, headers: { "content-type": "application/json" } },
        (response) => {
          let text = "";
          response.on("data", (data) => {
            text += data;
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
          response.on("error", failed);
        },
      );
      asked.on("timeout", () => asked.destroy(new Error("silent")));
      asked.on("error", failed);
      asked.end(body && JSON.stringify(body));
    });

  const acknowledged: number[] = [];
  const wrong: string[] = [];
  let longestPause = 0;
  let isStopped = false;
  const work = (async () => {
    for (let number = 0, last = Date.now(); !isStopped; number++) {
      const data = { value: `${number * number}` };
      const write = await ask("POST", "", { metadata: { name: `written-${number}` }, data });
      if (write.status === 201) {
        acknowledged.push(number);
        longestPause = Math.max(longestPause, Date.now() - last);
        last = Date.now();
      }
      await sleep(50);
    }
  })();

  async function stop(): Promise<Written> {
    isStopped = true;
    await work;
    for (const number of acknowledged) {
      const { status, text } = await ask("GET", `/written-${number}`);
      if (status !== 200 || !text.includes(`"value":"${number * number}"`))
        wrong.push(`written-${number}: ${status}`);
      await ask("DELETE", `/written-${number}`);
    }
    return { acknowledged, wrong, longestPause };
  }
  return { stop };
}

/** Writes and reads while `work` is done; no acknowledged write may be lost. */
export async function whileWriting(
  { kubeconfig, name }: { kubeconfig: string; name: string },
  work: () => Promise<void>,
): Promise<Written> {
  const client = await startWriting(kubeconfig, name);
  await sleep(2000);
  await work().catch(async (error) => {
    await client.stop();
    throw error;
  });
  const written = await client.stop();
  assert.deepEqual(written.wrong, []);
  assert.ok(written.acknowledged.length > 20, `${written.acknowledged.length} writes`);
  return written;
}

export const told = ({ acknowledged, longestPause }: Written): string =>
  `${acknowledged.length} writes acknowledged, all read back; longest pause ${longestPause} ms`;
