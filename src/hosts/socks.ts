import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Opens a stream to an address and port; rejects if there is none. */
export type Dial = (host: string, port: number) => Promise<Duplex>;

export interface Socks {
  port: number;
  close(): void;
}

/** Reply codes of RFC 1928, section 6. */
const reply = { done: 0, notAllowed: 2, unreachable: 4, command: 7, address: 8 } as const;
const version = 5;
const noLogin = 0;

/**
 * A SOCKS5 proxy (RFC 1928) on this computer's loopback address, without login: it connects to `allowed` addresses
 * only, by `dial`. `port` 0 takes a free one.
 */
export async function startSocks(
  port: number,
  { dial, allowed }: { dial: Dial; allowed(host: string): boolean },
): Promise<Socks> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket, dial, allowed).catch(() => socket.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const place = server.address();
  return {
    port: typeof place === "object" && place ? place.port : port,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

async function serve(socket: Socket, dial: Dial, allowed: (host: string) => boolean): Promise<void> {
  const reader = new Reader(socket);
  const read: Read = (bytes) => reader.read(bytes);
  const [spoken, methods = 0] = await read(2);
  if (spoken !== version) return void socket.destroy();
  await read(methods);
  socket.write(Buffer.from([version, noLogin]));
  const [, command, , kind] = await read(4);
  const host = await hostOf(kind, read);
  const port = (await read(2)).readUInt16BE();
  const answer = (code: number) => socket.write(Buffer.from([version, code, 0, 1, 0, 0, 0, 0, 0, 0]));
  const refuse = (code: number): void => {
    answer(code);
    socket.end();
  };
  if (host === undefined) return refuse(reply.address);
  if (command !== 1) return refuse(reply.command);
  if (!allowed(host)) return refuse(reply.notAllowed);
  const stream = await dial(host, port).catch(() => undefined);
  if (!stream) return refuse(reply.unreachable);
  answer(reply.done);
  reader.rest();
  stream.on("error", () => socket.destroy()).once("close", () => socket.destroy());
  socket.once("close", () => stream.destroy());
  socket.pipe(stream).pipe(socket);
}

type Read = (bytes: number) => Promise<Buffer>;

/** IPv4 addresses and names; a name is compared with what is allowed, and never resolved here. */
async function hostOf(kind: number | undefined, read: Read): Promise<string | undefined> {
  if (kind === 1) return (await read(4)).join(".");
  if (kind !== 3) return undefined;
  const [length = 0] = await read(1);
  return (await read(length)).toString("latin1");
}

/** Reads exactly so many bytes; `rest` returns the bytes after them. */
class Reader {
  readonly #socket: Socket;
  #kept: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  async read(bytes: number): Promise<Buffer> {
    while (this.#kept.length < bytes) {
      const chunk: Buffer | null = this.#socket.read();
      if (chunk) this.#kept = Buffer.concat([this.#kept, chunk]);
      else if (this.#socket.readableEnded || this.#socket.destroyed) throw new Error("cut short");
      else await Promise.race(["readable", "end", "close"].map((event) => once(this.#socket, event)));
    }
    const wanted = this.#kept.subarray(0, bytes);
    this.#kept = this.#kept.subarray(bytes);
    return wanted;
  }

  rest(): void {
    if (this.#kept.length > 0) this.#socket.unshift(this.#kept);
  }
}
