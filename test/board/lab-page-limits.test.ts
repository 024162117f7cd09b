import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { Duplex } from "node:stream";
import { after, test } from "node:test";
import { usualLimits } from "../../src/board/lab-page-limits.ts";
import { LabPageSessions } from "../../src/board/lab-page-sessions.ts";
import { labPagesOf } from "../../src/board/lab-pages.ts";
import { portOf } from "../../src/board/server.ts";
import { ask } from "../support/board.ts";
import { startSite } from "../support/lab-site.ts";

const errors: unknown[] = [];
after(() => assert.deepEqual(errors, []));

/** The second port alone, with shorter limits, as alice's browser sees it. */
async function seeing(
  limits: Partial<typeof usualLimits>,
  reach: () => Promise<Duplex>,
  look: (see: () => ReturnType<typeof ask>) => Promise<void>,
): Promise<void> {
  const sessions = new LabPageSessions("autumn");
  const server = labPagesOf({
    ...{ labs: { connect: reach }, sessions, names: ["127.0.0.1"] },
    limits: { ...usualLimits, ...limits },
    report: (error) => errors.push(error),
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const port = portOf(server);
  const page = { who: { student: "alice" }, student: "alice", port: 30_080 };
  const Cookie = `labwright-page-${port}=${sessions.enter(sessions.ticket(page), undefined, port)}`;
  try {
    await look(() => ask({ port }, "GET", "/", { headers: { Cookie } }));
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

test("a node that is not reached in time is named, and a connection that comes later is closed", async () => {
  const late = Promise.withResolvers<Duplex>();
  await seeing(
    { connect: 50 },
    () => late.promise,
    async (see) => {
      const { status, code, text } = await see();
      assert.deepEqual([status, code], [504, "page-slow"]);
      assert.match(text, /does not answer at port 30080.*Wait until the lab is running/);
    },
  );
  const stream = new Duplex({ read: () => {}, write: () => {} });
  late.resolve(stream);
  await once(stream, "close");
});

test("a lab that takes the request and says nothing is named", async () => {
  const site = await startSite(() => {});
  await seeing(
    { answer: 50 },
    async () => connect(site.port, "127.0.0.1"),
    async (see) => {
      const { status, code } = await see();
      assert.deepEqual([status, code], [504, "page-slow"]);
    },
  );
  await site.stop();
});

test("an answer that does not end, or is too long, is cut off, and so is the lab's side", async () => {
  let ended = Promise.withResolvers<void>();
  const site = await startSite((_, response) => {
    response.once("close", ended.resolve);
    const writing = setInterval(() => response.write("x".repeat(1000)), 5);
    response.once("close", () => clearInterval(writing));
  });
  for (const limits of [{ whole: 200 }, { received: 20_000 }]) {
    ended = Promise.withResolvers();
    await seeing(
      limits,
      async () => connect(site.port, "127.0.0.1"),
      async (see) => assert.rejects(see(), /aborted/),
    );
    await ended.promise;
  }
  await site.stop();
});

test("an error that nobody has foreseen is reported to the instructor's terminal, and not shown", async () => {
  await seeing(
    {},
    async () => {
      throw new Error("a secret");
    },
    async (see) => {
      const { status, code, text } = await see();
      assert.deepEqual([status, code], [500, "unexpected"]);
      assert.doesNotMatch(text, /secret/);
    },
  );
  assert.match(String(errors.pop()), /a secret/);
});
