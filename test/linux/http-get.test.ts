import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { type Command, sh } from "../../src/hosts/sh.ts";
import { askedAt, bodyIn, httpGet, page, statusIn } from "../../src/linux/http-get.ts";

let server: Server;
let url: string;
before(async () => {
  server = createServer((request, response) => {
    if (request.url === "/slow") return;
    response.statusCode = request.url === "/missing" ? 404 : 200;
    response.end(`${request.url} of ${request.headers.host}\n\nlast`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

// No curl, wget or anything else than what every Debian has.
const run = async (command: Command) =>
  (
    await localHost().run(
      sh`export PATH=/usr/bin:/bin http_proxy=http://127.0.0.1:9; curl() { exit 9; }; ${command}`,
      { accept: "any" },
    )
  ).stdout;

test("a page is asked for without curl and without a proxy", async () => {
  assert.equal(await run(page(askedAt(`${url}/a?b=c`))), "/a?b=c of 127.0.0.1\n\nlast");
});

test("an error status is not a page, and neither is a missing answer", async () => {
  assert.equal(await run(page(askedAt(`${url}/missing`))), "");
  assert.equal(await run(page(askedAt("http://127.0.0.1:9/"))), "");
});

test("status and body of an answer, or of none", async () => {
  const asked = { ...askedAt(`${url}/missing`), host: sh`"$(echo 127.0.0.1)"` };
  assert.equal(await run(sh`${httpGet(asked)} | ${statusIn}`), "404\n");
  assert.equal(await run(sh`${httpGet(asked)} | ${bodyIn}`), "/missing of 127.0.0.1\n\nlast");
  assert.equal(await run(sh`${httpGet(askedAt("http://127.0.0.1:9/"))} | ${statusIn}`), "000\n");
  assert.equal(await run(sh`${httpGet(askedAt(`${url}/slow`), 1)} | ${statusIn}`), "000\n");
});
