import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { bytesByPath, type Rule, serve } from "./serve.ts";

let site: Awaited<ReturnType<typeof serve>>;
const body = Buffer.from("0123456789".repeat(1000));

before(async () => {
  site = await serve(new Map([["/a b/file", body]]));
});
after(() => site.close());
beforeEach(() => {
  site.rules.length = 0;
  site.asked.length = 0;
});

const get = (headers: Record<string, string> = {}) =>
  fetch(`${site.url}/a%20b/file`, { headers, redirect: "manual" });
const with1 = (fault: Rule["fault"]) => site.rules.push({ path: /file$/, fault, times: 1 });

test("a range is answered with its part alone, and what was sent is counted", async () => {
  const response = await get({ range: "bytes=9990-" });
  assert.equal(response.status, 206);
  assert.equal(response.headers.get("content-range"), "bytes 9990-9999/10000");
  assert.equal(await response.text(), "0123456789");
  assert.equal((await get({ range: "bytes=10000-" })).status, 416);
  assert.equal((await get()).status, 200);
  assert.equal(bytesByPath(site.asked).get("127.0.0.1/a b/file"), 10_010);
});

test("a rule holds as often as it says, then the file is there", async () => {
  with1({ status: 429, headers: { "retry-after": "7" } });
  const first = await get();
  assert.deepEqual([first.status, first.headers.get("retry-after")], [429, "7"]);
  assert.equal((await get()).status, 200);
});

test("a connection that is cut has sent what it was to send", async () => {
  with1({ cutAfter: 4000 });
  await assert.rejects((await get()).arrayBuffer());
  assert.equal(site.asked[0]?.bytes, 4000);
});

test("a redirect keeps the path, and a login page is HTML with status 200", async () => {
  with1({ redirect: "http://other.example" });
  assert.equal((await get()).headers.get("location"), "http://other.example/a%20b/file");
  with1({ loginPage: true });
  const page = await get();
  assert.deepEqual([page.status, page.headers.get("content-type")], [200, "text/html"]);
  assert.match(await page.text(), /^<!doctype html>/);
});

test("a rule can hold for one client alone", async () => {
  site.rules.push({ path: /file$/, fault: { status: 403 }, client: "192.0.2.9" });
  assert.equal((await get()).status, 200);
  site.rules.push({ path: /file$/, fault: { status: 403 }, client: "127.0.0.1" });
  assert.equal((await get()).status, 403);
});
