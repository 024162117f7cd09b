import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { type Download, download, isMissing, persistence, retryAfterOf } from "../../src/http/download.ts";

const content = Buffer.from("0123456789".repeat(20_000));
const sha256 = createHash("sha256").update(content).digest("hex");

let folder: string;
let server: Server;
/** One answer for each request, in order; the last one stays. */
let answers: ((request: IncomingMessage, response: ServerResponse) => void)[];
let asked: { range: string | undefined }[];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "labwright-download-"));
  server = createServer((request, response) => {
    asked.push({ range: request.headers.range });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  persistence.pause = 5;
});
after(() => {
  persistence.pause = 1000;
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  asked = [];
  answers = [whole];
});

const whole = ({ headers }: IncomingMessage, response: ServerResponse): void => {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  if (start >= content.length && start > 0)
    return void response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
  const rest = content.subarray(start);
  const partial = { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` };
  response
    .writeHead(start > 0 ? 206 : 200, { "content-length": rest.length, ...(start > 0 && partial) })
    .end(rest);
};
/** Sends the first bytes of what was asked for, and breaks the connection. */
const cutAfter =
  (bytes: number) =>
  ({ headers }: IncomingMessage, response: ServerResponse): void => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, { "content-length": content.length - start });
    response.write(content.subarray(start, start + bytes), () => setTimeout(() => response.destroy(), 20));
  };
const refuse =
  (status: number, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(status, headers).end("no");

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
const file = () => join(folder, "file");
const fetchIt = (more: Partial<Download> = {}) => download({ url: url(), file: file(), sha256, ...more });

test("a file comes whole, and nothing else is left", async () => {
  await fetchIt();
  assert.deepEqual(await readFile(file()), content);
  assert.deepEqual(readdirSync(folder), ["file"]);
});

test("a broken connection is taken up behind the last byte, as long as bytes come", async () => {
  answers = [...Array(6).fill(cutAfter(30_000)), whole];
  await fetchIt();
  assert.deepEqual(await readFile(file()), content);
  // On a busy computer the connection may break before the bytes are read: then the same place is asked for again.
  const starts = asked.map(({ range }) => Number(/\d+/.exec(range ?? "0")?.[0]));
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  );
  assert.ok(starts.length > persistence.tries && new Set(starts).size > persistence.tries, starts.join());
});

test("what an earlier run has fetched is not fetched again", async () => {
  await writeFile(`${file()}.part`, content.subarray(0, 150_000));
  await fetchIt();
  assert.deepEqual(asked, [{ range: "bytes=150000-" }]);
  assert.deepEqual(await readFile(file()), content);
});

test("an earlier run's part that was the whole file already is only checked", async () => {
  await writeFile(`${file()}.part`, content);
  await fetchIt();
  assert.deepEqual(await readFile(file()), content);
});

test("without a checksum, an earlier run's part may be of another file: all is fetched", async () => {
  await writeFile(`${file()}.part`, "something else");
  await download({ url: url(), file: file() });
  assert.deepEqual(asked, [{ range: undefined }]);
});

test("a server that does not know ranges begins at the start", async () => {
  answers = [cutAfter(30_000), (_, response) => void response.writeHead(200).end(content)];
  await fetchIt();
  assert.deepEqual(await readFile(file()), content);
});

test("429 and 5xx are tried again, after the time that the server asks for", async () => {
  answers = [refuse(429, { "retry-after": "0.05" }), refuse(503), whole];
  const notes: string[] = [];
  const started = Date.now();
  await fetchIt({ note: (text) => notes.push(text) });
  assert.ok(Date.now() - started >= 50);
  assert.match(notes.join("\n"), /it answers with 429; trying again in 1 s/);
});

test("a server that goes on failing is given up, and so is one that wants us to wait for an hour", async () => {
  answers = [refuse(502)];
  await assert.rejects(fetchIt(), /could not fetch .*: it answers with 502/);
  assert.equal(asked.length, 3);
  asked = [];
  answers = [refuse(429, { "retry-after": "3600" })];
  await assert.rejects(fetchIt(), /it answers with 429/);
  assert.equal(asked.length, 1);
});

test("404 is not tried again, and is told from other failures", async () => {
  answers = [refuse(404)];
  await assert.rejects(fetchIt(), isMissing);
  assert.equal(asked.length, 1);
  answers = [refuse(403)];
  await assert.rejects(fetchIt(), (error) => !isMissing(error));
});

test("a login page in place of the file is refused, and nothing of it stays", async () => {
  answers = [(_, response) => void response.writeHead(200).end("<html>Please log in</html>")];
  await assert.rejects(
    fetchIt(),
    (error) =>
      error instanceof LabwrightError && error.code === "checksum-wrong" && /login page/.test(error.remedy),
  );
  assert.deepEqual(readdirSync(folder), []);
});

test("an interruption ends the waiting", async () => {
  answers = [refuse(429, { "retry-after": "60" })];
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 30);
  await assert.rejects(fetchIt({ signal: stop.signal }), { name: "AbortError" });
});

test("Retry-After is in seconds or a date", () => {
  const after = (value: string) => retryAfterOf({ headers: new Headers({ "retry-after": value }) } as never);
  assert.equal(after("7"), 7000);
  assert.ok(Math.abs((after(new Date(Date.now() + 5000).toUTCString()) ?? 0) - 5000) < 1100);
  assert.equal(after("soon"), undefined);
});

test("a file that an earlier run has fetched whole is not fetched again; another one in its place is", async () => {
  await fetchIt();
  await fetchIt();
  assert.equal(asked.length, 1);
  await writeFile(file(), "something else");
  await fetchIt();
  assert.deepEqual(await readFile(file()), content);
  assert.equal(asked.length, 2);
});
