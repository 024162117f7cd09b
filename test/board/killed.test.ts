import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { board } from "../../src/commands/board.ts";
import { freePort } from "../contract/hosts-sshd.ts";
import { ask, logIn } from "../support/board.ts";
import { startBoardProgram } from "../support/board-program.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-killed-"));
  await writeFile(
    join(folder, "lab.yaml"),
    "name: one\nprovider: ssh\nplaybooks: []\nmachines: [{ name: a, role: app-server, host: 192.0.2.1 }]\n",
  );
  await writeFile(join(folder, "class.yaml"), "name: autumn\nstudents: [alice]\nexercises: [jobs]\n");
});
after(() => rm(folder, { recursive: true }));

const start = (port: number) =>
  startBoardProgram(folder, port, { ...process.env, XDG_DATA_HOME: join(folder, "data") });

test("labs' pages need another port than the board's, and by default it is the next one", async () => {
  const at = { listen: "127.0.0.1", file: join(folder, "class.yaml") };
  await assert.rejects(board({ ...at, port: 65_535 }), {
    code: "page-port",
    message: "the pages of the labs cannot have port 65536",
    remedy: /`--page-port`/,
    exit: 2,
  });
  await assert.rejects(board({ ...at, port: 8080, pagePort: 8080 }), {
    code: "page-port",
    message: "the pages of the labs cannot have port 8080, which is the board's",
  });
});

test("a board that was killed is started again with the same links, sessions and hands; Ctrl-C ends it", async () => {
  const port = await freePort();
  const first = await start(port);
  const headers = await logIn({ port }, first.token);
  const bare = await fetch(first.pages);
  assert.match(await bare.text(), /"code":"no-session","message":"this page is opened from the board"/);
  const body = { action: "message", student: "alice", text: "Well done" };
  assert.equal((await ask({ port }, "POST", "/instructor/do", { headers, body })).status, 202);
  first.child.kill("SIGKILL");
  await first.exited;
  const second = await start(port);
  try {
    assert.equal(second.token, first.token);
    const answer = await fetch(`http://127.0.0.1:${port}/instructor/events`, { headers });
    const { value = new Uint8Array() } = (await answer.body?.getReader().read()) ?? {};
    assert.match(new TextDecoder().decode(value), /"text":"Well done"/);
  } finally {
    second.child.kill("SIGINT");
  }
  assert.deepEqual(await second.exited, [130, null]);
});
