import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { test } from "node:test";
import { startProxy } from "./proxy.ts";

const size = 300_000;

test("a bad line delays what a server sent last, and loses nothing of it", async () => {
  const server = createServer((socket) => socket.end(Buffer.alloc(size, "x")));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  const proxy = await startProxy({
    host: "127.0.0.1",
    names: new Set(["quay.io"]),
    tlsPort: address.port,
    forward: new Map(),
    line: { delay: 20, loss: 0.02 },
  });
  try {
    const client = connect(Number(new URL(proxy.url).port), "127.0.0.1");
    client.write("CONNECT quay.io:443 HTTP/1.1\r\nHost: quay.io:443\r\n\r\n");
    let answer = "";
    for await (const part of client) answer += part;
    assert.equal(answer.length - answer.indexOf("x"), size);
  } finally {
    proxy.close();
    server.close();
  }
});
