import assert from "node:assert/strict";
import { connect as dial } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { generateKeyPair } from "../../src/hosts/keys.ts";
import { type Command, sh } from "../../src/hosts/sh.ts";
import { connect, connectWhenUp } from "../../src/hosts/ssh.ts";
import type { MachineInfo } from "../../src/providers/types.ts";

/** Runs a command on a machine, over SSH as every step does, and returns what it prints. */
export async function on({ name, access }: MachineInfo, command: Command): Promise<string> {
  const host = await connectWhenUp(name, access, { seconds: 60 });
  try {
    return (await host.run(command, { timeout: 30_000 })).stdout.trim();
  } finally {
    await host.close();
  }
}

/** A login with the pinned host key is root on the right machine; with any other key pinned there is none. */
export async function assertLogin(found: MachineInfo, hostname: string): Promise<void> {
  assert.equal(await on(found, sh`id -un; uname -n`), `root\n${hostname}`);
  assert.ok(found.access.hostKeys?.length, "the host key is known beforehand");
  const { publicKey } = generateKeyPair("other");
  await assert.rejects(connect(found.name, { ...found.access, hostKeys: [publicKey] }), {
    code: "host-key-changed",
  });
}

/** What a server at `host:port` says first. */
export async function greeting(place: string): Promise<string> {
  const [host, port] = [place.replace(/:\d+$/, ""), Number(place.replace(/.*:/, ""))];
  const socket = dial({ host, port });
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.once("data", (data) => resolve(data.toString())).once("error", reject);
      setTimeout(() => reject(new Error(`${place} says nothing`)), 5000).unref();
    });
  } finally {
    socket.destroy();
  }
}

/** Waits until a condition holds, looking again every 20 ms. */
export async function until(what: string, seconds: number, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !(await holds()); await delay(20))
    assert.ok(Date.now() < end, `${what}: not within ${seconds} s`);
}
