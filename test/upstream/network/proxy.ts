import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { PassThrough, Transform } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

/** What the line between a client and the world does to bytes. */
export interface Line {
  /** Milliseconds that each way takes. */
  delay: number;
  /** The share of packets that are lost. */
  loss: number;
}

export interface ProxyOptions {
  /** The address to listen at. */
  host: string;
  /** Names that are reached by CONNECT, port 443, and the local port that speaks TLS for all of them. */
  names: ReadonlySet<string>;
  tlsPort: number;
  /** By the beginning of a URL over plain http: where it really is. */
  forward: ReadonlyMap<string, string>;
  line?: Line;
}

export interface Proxy {
  url: string;
  /** What was asked for and is not in this world. */
  refused: string[];
  /** Bytes that plain http brought, by URL. */
  forwarded: Map<string, number>;
  /** Which client a connection to the TLS port is from, by that connection's own port. */
  clientAt(port: number): string | undefined;
  close(): void;
}

const packet = 1448;

/**
 * The kernel may lack netem, so the delay and the losses are made here, between a client and its server. A part of a
 * stream, of 64 KiB at most, waits for the way; a packet of it that is lost costs a round trip more (RFC 5681, 3.2).
 */
function slowed({ delay: way, loss }: Line): Transform {
  return new Transform({
    async transform(chunk: Buffer, _, next) {
      const isWhole = Math.random() < (1 - loss) ** Math.ceil(chunk.length / packet);
      await delay(isWhole ? way : 3 * way);
      next(null, chunk);
    },
  });
}

/** What the server has sent still reaches the client after the server has closed: it is on its way. */
function join(client: Socket, server: Socket, line: Line | undefined): void {
  const [up, down] = line ? [slowed(line), slowed(line)] : [new PassThrough(), new PassThrough()];
  client.pipe(up).pipe(server);
  server.pipe(down).pipe(client);
  server.on("error", () => down.end());
  client.on("error", () => server.destroy()).on("close", () => server.destroy());
}

/** A proxy as companies have them: CONNECT for https, whole URLs for http, and no way to what is not of this world. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const { host, names, tlsPort, forward, line } = options;
  const refused: string[] = [];
  const forwarded = new Map<string, number>();
  const clients = new Map<number, string>();
  const open = new Set<Socket>();

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? "";
    const place = [...forward].find(([start]) => url.startsWith(start));
    if (!place) {
      refused.push(`${request.method} ${url}`);
      response.writeHead(403, { "content-type": "text/plain" }).end("not in this world\n");
      return;
    }
    const target = new URL(place[1] + url.slice(place[0].length));
    const { "proxy-connection": _, ...headers } = request.headers;
    const onward = httpRequest(
      target,
      { method: request.method, headers: { ...headers, host: target.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("data", (part: Buffer) => forwarded.set(url, (forwarded.get(url) ?? 0) + part.length));
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  };

  const server = createServer(onRequest);
  server.on("connect", (request: IncomingMessage, client: Socket, head: Buffer) => {
    const [name = "", port] = (request.url ?? "").split(":");
    if (port !== "443" || !names.has(name)) {
      refused.push(`CONNECT ${request.url}`);
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const inner = connect(tlsPort, "127.0.0.1", () => {
      clients.set(inner.localPort ?? 0, client.remoteAddress ?? "");
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      inner.write(head);
      inner.off("error", refuse);
      join(client, inner, line);
    });
    const refuse = () => client.destroy();
    inner.on("error", refuse);
    client.on("error", () => inner.destroy());
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    url: `http://${host}:${address.port}`,
    refused,
    forwarded,
    clientAt: (port) => clients.get(port),
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
