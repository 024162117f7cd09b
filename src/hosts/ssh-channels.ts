import { setTimeout as delay } from "node:timers/promises";
import type { Client, ClientChannel } from "ssh2";
import { LabwrightError, messageOf } from "../errors.ts";
import type { Channel, Ending, OpenChannel } from "./channel.ts";
import { Limit } from "./limit.ts";
import { lost } from "./ssh-errors.ts";
import type { WayToRoot } from "./sudo.ts";

const channelsAtOnce = 8;
/** How long a server may refuse a channel while we hold none, in milliseconds: it is still closing one of ours. */
const refusalPatience = 5_000;

/**
 * Opens channels that execute a command line on one connection, up to 8 at a time, and fewer if the server's
 * MaxSessions is lower.
 */
export function channelOpener(name: string, client: Client, { line, preamble }: WayToRoot): OpenChannel {
  const limit = new Limit(channelsAtOnce);
  let open = 0;

  return async (signal) => {
    const giveUpAt = Date.now() + refusalPatience;
    for (;;) {
      const release = await limit.acquire(signal);
      try {
        const stream = await exec(client, line);
        open++;
        const channel = channelOf(stream);
        channel.ended.then(() => {
          open--;
          release();
        });
        channel.stdin.write(preamble);
        return channel;
      } catch (error) {
        limit.lower(open);
        release();
        if (!isRefusal(error)) throw lost(name, error);
        if (open === 0 && Date.now() > giveUpAt) throw channelRefused(name, error);
        if (open === 0) await delay(50);
      }
    }
  };
}

const exec = (client: Client, commandLine: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) =>
    client.exec(commandLine, (error, stream) => (error ? reject(error) : resolve(stream))),
  );

/** ssh2 gives the server's reason code, RFC 4254 5.1, only if it was the server that refused. */
const isRefusal = (error: unknown): boolean =>
  error instanceof Error && "reason" in error && error.reason !== undefined;

function channelOf(stream: ClientChannel): Channel {
  let ending: Ending = {};
  stream.on("exit", (code: number | null, signal?: string) => {
    ending = code === null ? { signal: signal ?? "a signal" } : { code };
  });
  const ended = new Promise<Ending>((resolve) => stream.once("close", () => resolve(ending)));
  stream.on("error", () => {});
  stream.stderr.on("error", () => {});
  return { stdin: stream, stdout: stream, stderr: stream.stderr, ended, close: () => stream.close() };
}

const channelRefused = (name: string, error: unknown): LabwrightError =>
  new LabwrightError({
    code: "ssh-channel-refused",
    message: `${name}: sshd accepted the login but opened no channel for a command: ${messageOf(error)}`,
    remedy: "Set MaxSessions to 1 or more in the machine's sshd_config.",
    cause: error,
  });
