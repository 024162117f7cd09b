import { constants } from "node:os";
import type { Client, ClientChannel, PseudoTtyOptions } from "ssh2";
import { lost } from "./ssh-errors.ts";

export interface SessionChannel {
  channel: ClientChannel;
  /** The far side's exit code, 128 + its number for a signal. Rejects with `ssh-lost`. */
  code: Promise<number>;
}

/**
 * Opens a login shell, or runs `command`. The exit code is listened for at once: a quick command's comes in the same packet as the
 * channel's opening.
 */
export function openSessionChannel(
  name: string,
  client: Client,
  command: string | undefined,
  pty: PseudoTtyOptions | false,
): Promise<SessionChannel> {
  return new Promise((resolve, reject) => {
    const opened = (error: Error | undefined, channel: ClientChannel) =>
      error ? reject(error) : resolve({ channel, code: codeOf(name, channel) });
    if (command === undefined) client.shell(pty, opened);
    else client.exec(command, pty ? { pty } : {}, opened);
  });
}

function codeOf(name: string, channel: ClientChannel): Promise<number> {
  return new Promise((resolve, reject) => {
    let code: number | undefined;
    channel.on("exit", (exited: number | null, signal?: string) => {
      code = exited ?? 128 + (Object.entries(constants.signals).find(([one]) => one === signal)?.[1] ?? 0);
    });
    channel.on("close", () => (code === undefined ? reject(lost(name)) : resolve(code)));
  });
}
