import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { type ConnectOptions, openClient } from "./ssh-client.ts";
import type { Access } from "./types.ts";

export interface Tunnel {
  /** Connects from the machine; logs in again if the connection was lost. With a signal, gives up when it is given. */
  dial(host: string, port: number, signal?: AbortSignal): Promise<Duplex>;
  close(): void;
}

/** Connections that a machine's sshd makes for us (ssh -W): what the machine reaches is reached from here. */
export async function openTunnel(name: string, access: Access, options: ConnectOptions): Promise<Tunnel> {
  let client: Promise<Client> | undefined;

  function connected(): Promise<Client> {
    client ??= openClient(name, access, options).then(
      (opened) => {
        opened.setMaxListeners(0);
        opened.once("close", forget).on("error", () => {});
        return opened;
      },
      (error: unknown) => {
        forget();
        throw error;
      },
    );
    return client;
  }
  const forget = () => {
    client = undefined;
  };

  await connected();
  return {
    dial: async (host, port, signal) => forwarded(await connected(), host, port, signal),
    close: () =>
      void client?.then(
        (opened) => opened.end(),
        () => {},
      ),
  };
}

const forwarded = (client: Client, host: string, port: number, signal?: AbortSignal): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const closed = () => reject(new Error("the connection was closed"));
    const late = () => reject(new Error("no answer"));
    if (signal?.aborted) return late();
    client.once("close", closed);
    signal?.addEventListener("abort", late, { once: true });
    client.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
      client.off("close", closed);
      signal?.removeEventListener("abort", late);
      if (error) reject(error);
      else if (signal?.aborted) stream.destroy();
      else resolve(endable(stream));
    });
  });

/** ssh2 closes a channel only when it has been read to its end, so what nobody reads any more is thrown away. */
function endable(stream: Duplex): Duplex {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error) => {
    stream.removeAllListeners("data").resume();
    return destroy(error);
  };
  return stream;
}
