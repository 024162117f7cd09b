import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "ssh2";
import { LabwrightError } from "../errors.ts";
import { shellHost } from "./shell-host.ts";
import { channelOpener } from "./ssh-channels.ts";
import { type ConnectOptions, openClient } from "./ssh-client.ts";
import { connectInterrupted, startFailure } from "./ssh-errors.ts";
import { wayToRoot } from "./sudo.ts";
import type { Access, Host } from "./types.ts";

/**
 * Connects to a machine. All its commands share the one connection. Errors: as `openClient`, and `sudo-password` or
 * `sudo-refused` if sudo does not open the way to root.
 */
export async function connect(name: string, access: Access, options: ConnectOptions = {}): Promise<Host> {
  const client = await openClient(name, access, options);
  const close = goodbye(client);
  const way = await wayToRoot(name, client, access, options.signal).catch((error: unknown) => {
    client.end();
    throw error;
  });
  return shellHost({
    place: {
      name,
      open: channelOpener(name, client, way),
      explainStart: (noise, ending) => startFailure(name, access, noise, ending),
    },
    defaultOwner: "root:root",
    close,
  });
}

/** Whether a login there works, with the host keys in `access`. Runs no command. */
export const answersAs = (access: Access, connectTimeout: number): Promise<boolean> =>
  openClient(access.host, access, { connectTimeout }).then(
    (client) => {
      client.end();
      return true;
    },
    () => false,
  );

/** Says goodbye, and hangs up if no answer comes within a second. May be called again. */
function goodbye(client: Client): () => Promise<void> {
  const closed = Promise.withResolvers<void>();
  client.once("close", closed.resolve);
  return async () => {
    client.end();
    const giveUp = setTimeout(() => client.destroy(), 1000);
    await closed.promise;
    clearTimeout(giveUp);
  };
}

const transient = new Set(["ssh-refused", "ssh-timeout"]);
const pause = 200;

/**
 * Connects as soon as the machine's sshd is up: tries again every 200 ms, for `seconds`, if the connection is
 * refused, reset or not answered. A failed login and a changed host key are thrown at once.
 * `note` is called once with the reason why we wait.
 */
export async function connectWhenUp(
  name: string,
  access: Access,
  options: { seconds: number; silence?: number; note?: (text: string) => void; signal?: AbortSignal },
): Promise<Host> {
  const { seconds, silence, note, signal } = options;
  const giveUpAt = Date.now() + seconds * 1000;
  for (let noted = false; ; noted = true) {
    try {
      const left = Math.max(1000, giveUpAt - Date.now());
      return await connect(name, access, { signal, silence, connectTimeout: Math.min(15_000, left) });
    } catch (error) {
      const again = error instanceof LabwrightError && transient.has(error.code);
      if (!again || Date.now() + pause > giveUpAt) throw error;
      if (!noted) note?.(`waiting for sshd on ${name}`);
    }
    await delay(pause, undefined, { signal }).catch(() => {
      throw connectInterrupted(name);
    });
  }
}
