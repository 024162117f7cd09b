import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { LabwrightError } from "../errors.ts";
import { type ConnectOptions, openClient } from "./ssh-client.ts";
import { lost } from "./ssh-errors.ts";
import type { Access } from "./types.ts";

/** A Unix socket on a machine, whose connections come to us through its sshd (ssh -R). */
export interface RemoteSocket {
  /** Resolves when the connection to the machine has ended. */
  closed: Promise<void>;
  close(): void;
}

/** Connections that are open at once: a machine's owner could have thousands. */
const mostOpen = 32;

/**
 * Makes a socket on a machine, owned by the login user (mode 600). sshd leaves its file behind: remove it before. `serve` is called with
 * each connection. Errors: as `openClient`, `ssh-lost` and `forwarding-refused`.
 */
export async function openRemoteSocket(
  name: string,
  access: Access,
  path: string,
  serve: (connection: Duplex) => void,
  options: ConnectOptions = {},
): Promise<RemoteSocket> {
  const client = await openClient(name, access, options);
  const closed = new Promise<void>((resolve) => client.once("close", () => resolve()));
  client.on("error", () => {});
  let open = 0;
  client.on("unix connection", ({ socketPath }, accept, reject) => {
    if (socketPath !== path || open >= mostOpen) return reject();
    open += 1;
    const connection = accept();
    connection.once("close", () => {
      open -= 1;
    });
    serve(connection);
  });
  try {
    await Promise.race([forwarded(name, client, path), closed.then(() => Promise.reject(lost(name)))]);
  } catch (error) {
    client.end();
    throw error;
  }
  return { closed, close: () => client.end() };
}

const forwarded = (name: string, client: Client, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    client.openssh_forwardInStreamLocal(path, (error) => (error ? reject(refused(name, error)) : resolve()));
  });

const refused = (name: string, cause?: unknown): LabwrightError =>
  new LabwrightError({
    code: "forwarding-refused",
    message: `the sshd of ${name} does not let us listen there`,
    remedy: "Set `AllowStreamLocalForwarding yes` in its sshd_config, and no `DisableForwarding`.",
    cause,
  });
