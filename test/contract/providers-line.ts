import { rm } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Line } from "./providers-candidate.ts";

let lines = 0;

/** A way to a Unix socket through a socket of our own, which an environment variable of the place's tool names. */
export async function socketLine(
  target: string,
  variable: string,
  nameOf: (path: string) => string,
): Promise<Line> {
  lines += 1;
  const path = join(tmpdir(), `labwright-line-${process.pid}-${lines}.sock`);
  const before = process.env[variable];
  const open = new Set<Socket>();
  let server: Server | undefined;

  async function restore(): Promise<void> {
    await rm(path, { force: true });
    server = createServer((near) => {
      const far = connect(target);
      for (const socket of [near, far]) {
        open.add(socket);
        socket.on("error", () => {}).on("close", () => open.delete(socket));
      }
      near.pipe(far).pipe(near);
    }).listen(path);
    const listening = server;
    await new Promise((resolve) => listening.once("listening", resolve));
  }

  async function cut(): Promise<void> {
    for (const socket of open) socket.destroy();
    const closed = new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
    await rm(path, { force: true });
    await closed;
  }

  await restore();
  process.env[variable] = nameOf(path);
  return {
    cut,
    restore,
    end: async () => {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
      await cut();
    },
  };
}
