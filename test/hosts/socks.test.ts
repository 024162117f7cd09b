import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import { type Socks, startSocks } from "../../src/hosts/socks.ts";

let socks: Socks;
const asked: string[] = [];
const echo = createServer((socket) => socket.pipe(socket));

before(async () => {
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  const place = echo.address();
  const port = typeof place === "object" && place ? place.port : 0;
  socks = await startSocks(0, {
    allowed: (host) => host === "10.88.0.10",
    dial: async (host, wanted) => {
      asked.push(`${host}:${wanted}`);
      if (wanted === 1) throw new Error("refused");
      const stream = connect(port, "127.0.0.1");
      await once(stream, "connect");
      return stream;
    },
  });
});
after(() => {
  socks.close();
  echo.close();
});

const greeting = [5, 1, 0];
const request = (octets: readonly number[], port: number, command = 1): number[] => [
  ...[5, command, 0, 1],
  ...octets,
  ...[port >> 8, port & 255],
];

/** Sends all of it at once or byte by byte, and answers what comes back until so many bytes are there or it ends. */
async function talk(bytes: readonly number[], wanted: number, single = false): Promise<Buffer> {
  const socket: Socket = connect(socks.port, "127.0.0.1");
  socket.on("error", () => {});
  for (const part of single ? bytes.map((byte) => [byte]) : [bytes]) {
    socket.write(Buffer.from(part));
    if (single) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  let said = Buffer.alloc(0);
  for await (const chunk of socket) {
    said = Buffer.concat([said, chunk]);
    if (said.length >= wanted) break;
  }
  return said;
}

test("a connection is made by `dial`, and carries bytes both ways, however they are cut", async () => {
  const bytes = [...greeting, ...request([10, 88, 0, 10], 6443), ...Buffer.from("ping")];
  for (const single of [false, true]) {
    const said = await talk(bytes, 16, single);
    assert.deepEqual([...said.subarray(0, 4)], [5, 0, 5, 0]);
    assert.equal(said.subarray(12).toString(), "ping");
  }
  assert.deepEqual(asked, ["10.88.0.10:6443", "10.88.0.10:6443"]);
});

test("addresses that are not the lab's are refused, and never dialled", async () => {
  asked.length = 0;
  const said = await talk([...greeting, ...request([127, 0, 0, 1], 22)], 12);
  assert.deepEqual([...said.subarray(0, 4)], [5, 0, 5, 2]);
  assert.deepEqual(asked, []);
});

test("a refused connection, other commands and other protocols get an answer or an end", async () => {
  assert.equal((await talk([...greeting, ...request([10, 88, 0, 10], 1)], 12))[3], 4);
  assert.equal((await talk([...greeting, ...request([10, 88, 0, 10], 22, 2)], 12))[3], 7);
  assert.equal((await talk([...Buffer.from("GET / HTTP/1.1\r\n\r\n")], 1)).length, 0);
});
