import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import type { Dial } from "./socks.ts";
import { openClient } from "./ssh-client.ts";
import type { Access } from "./types.ts";

export interface Tunnel {
  /** Connects from the machine; logs in again if the connection was lost. */
  dial: Dial;
  close(): void;
}

/** Connections that a machine's sshd makes for us (ssh -W): what the machine reaches is reached from here. */
export async function openTunnel(name: string, access: Access, signal: AbortSignal): Promise<Tunnel> {
  let client: Promise<Client> | undefined;

  function connected(): Promise<Client> {
    client ??= openClient(name, access, { signal }).then(
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
    dial: async (host, port) => forwarded(await connected(), host, port),
    close: () =>
      void client?.then(
        (opened) => opened.end(),
        () => {},
      ),
  };
}

const forwarded = (client: Client, host: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const closed = () => reject(new Error("the connection was closed"));
    client.once("close", closed);
    client.forwardOut("127.0.0.1", 0, host, port, (error, stream) => {
      client.off("close", closed);
      if (error) reject(error);
      else resolve(stream);
    });
  });
