import { once } from "node:events";
import { rm } from "node:fs/promises";
import {
  connect,
  createServer,
  type ListenOptions,
  type NetConnectOpts,
  type Server,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Line } from "./providers-candidate.ts";

let lines = 0;

/** A way to a Unix socket through our own socket, which an environment variable of the place's tool names. */
export async function socketLine(
  target: string,
  variable: string,
  nameOf: (path: string) => string,
): Promise<Line> {
  lines += 1;
  const path = join(tmpdir(), `labwright-line-${process.pid}-${lines}.sock`);
  const before = process.env[variable];
  const line = relay({ path: target }, { path });
  await line.restore();
  process.env[variable] = nameOf(path);
  return {
    ...line,
    end: async () => {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
      await line.cut();
    },
  };
}

/** A way to a server's port through our own port; `use` is told which place the tool is to ask from then on. */
export async function portLine(
  target: { host: string; port: number },
  use: (place: string) => Promise<void>,
): Promise<Line> {
  const own = { host: "127.0.0.1", port: 0 };
  const line = relay(target, own);
  await line.restore();
  await use(`${own.host}:${own.port}`);
  return {
    ...line,
    end: async () => {
      await use(`${target.host}:${target.port}`);
      await line.cut();
    },
  };
}

/** Passes on what comes to our own place; when it is cut, nothing is there. A port 0 is drawn once, and kept. */
function relay(target: NetConnectOpts, own: ListenOptions): Pick<Line, "cut" | "restore"> {
  const open = new Set<Socket>();
  let server: Server | undefined;
  const clear = async () => {
    if (own.path !== undefined) await rm(own.path, { force: true });
  };

  return {
    async restore() {
      await clear();
      server = createServer((near) => {
        const far = connect(target);
        for (const socket of [near, far]) {
          open.add(socket);
          socket.on("error", () => {}).on("close", () => open.delete(socket));
        }
        near.pipe(far).pipe(near);
      }).listen(own);
      await once(server, "listening");
      const address = server.address();
      if (address && typeof address === "object") own.port = address.port;
    },

    async cut() {
      for (const socket of open) socket.destroy();
      const closed = new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
      await clear();
      await closed;
    },
  };
}
