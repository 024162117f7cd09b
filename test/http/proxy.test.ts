import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const child = join(import.meta.dirname, "proxy-child.ts");
let site: Server;
let proxy: Server;
/** What went through the proxy. */
let passed: string[] = [];

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

before(async () => {
  site = createServer((_, response) => response.end("the site"));
  proxy = createServer((request, response) => {
    passed.push(`${request.method} ${request.url}`);
    response.end("by the proxy");
  });
  proxy.on("connect", (request, socket) => {
    passed.push(`CONNECT ${request.url}`);
    const far = connect(portOf(site), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      far.pipe(socket).pipe(far);
    });
  });
  for (const server of [site, proxy])
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
after(() => {
  for (const server of [site, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

async function ask(url: string, env: Record<string, string>): Promise<string> {
  passed = [];
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.includes(name)));
  return (await run(process.execPath, [child, url], { env: { ...clean, ...env } })).stdout;
}

test("requests go through the proxy that the environment names, in either case", async () => {
  for (const name of ["HTTP_PROXY", "http_proxy"]) {
    const answer = await ask("http://labwright.test/x", { [name]: `http://127.0.0.1:${portOf(proxy)}` });
    assert.match(answer, /^200 /);
    assert.match(passed.join(), /labwright\.test/);
  }
});

test("NO_PROXY keeps them from it, and without a proxy nothing is asked of one", async () => {
  const url = `http://127.0.0.1:${portOf(site)}/`;
  const env = { HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`, NO_PROXY: "127.0.0.1" };
  assert.equal(await ask(url, env), "200 the site");
  assert.deepEqual(passed, []);
  assert.equal(await ask(url, {}), "200 the site");
});
