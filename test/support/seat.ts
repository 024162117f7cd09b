import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { openSessionChannel } from "../../src/hosts/session-channel.ts";
import { openClient } from "../../src/hosts/ssh-client.ts";
import type { Access } from "../../src/hosts/types.ts";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line over SSH, as the account of the access. With `hear`, in a terminal, and it hears all that was shown so far. */
export async function runAs(access: Access, command: string, hear?: (shown: string) => void): Promise<Ran> {
  const client = await openClient("cp", access);
  try {
    const pty = hear ? { cols: 80, rows: 24 } : (false as const);
    const { channel, code } = await openSessionChannel("cp", client, command, pty);
    let shown = "";
    if (hear)
      channel.on("data", (part: Buffer) => {
        shown += part.toString();
        hear(shown);
      });
    const [stdout, stderr] = await Promise.all([text(channel), text(channel.stderr)]);
    return { code: await code, stdout, stderr };
  } finally {
    client.end();
  }
}

/** Runs it again and again until it ends in a way that holds. */
export async function ranUntil(run: () => Promise<Ran>, holds: (ran: Ran) => boolean): Promise<Ran> {
  for (const giveUp = Date.now() + 30_000; ; ) {
    const ran = await run();
    if (holds(ran)) return ran;
    if (Date.now() > giveUp) throw new Error(`not in time: ${JSON.stringify(ran)}`);
    await sleep(100);
  }
}
