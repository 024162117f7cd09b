import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { localHost } from "../../../src/hosts/local.ts";
import { Command } from "../../../src/hosts/sh.ts";
import { json, nothing, said, sceneOf, stepOf } from "../../support/steps.ts";

const scene = sceneOf("cp");
const params = { file: "/var/backups/a.db", status: "/var/backups/a.json", namespace: "ledger" };
const status = { hash: 7, revision: 2991, totalKey: 568, totalSize: 4423680, version: "3.6.0" };

const good = {
  mode: said("root 600\n"),
  status: json(status),
  sealed: said(""),
  kept: json(status),
  made: json({ kvs: [{ create_revision: 2000 }] }),
};

async function answer(change: Partial<typeof good>): Promise<readonly string[]> {
  return (await stepOf("etcd-snapshot", params)).check({ ...good, ...change }, scene);
}

test("etcd-snapshot: content with a verified snapshot that has the namespace in it", async () => {
  assert.deepEqual(await answer({}), []);
  assert.deepEqual(await answer({ made: json({}) }), [], "a namespace that is lost now says nothing");
  assert.deepEqual(await answer({ made: nothing }), [], "nor does an etcd that does not run");
});

test("etcd-snapshot: a copy of etcd's database is no snapshot, though etcdutl reads it", async () => {
  assert.match(String(await answer({ sealed: nothing })), /a copy of etcd's own file/);
  const folder = join(tmpdir(), `lwtest-snapshot-${process.pid}`);
  await mkdir(folder);
  const file = join(folder, "a.db");
  const { probe } = await stepOf("etcd-snapshot", { ...params, file });
  const pages = Buffer.alloc(1024, "page");
  const seal = createHash("sha256").update(pages).digest();
  for (const [content, code] of [
    [Buffer.concat([pages, seal]), 0],
    [pages, 1],
    [Buffer.concat([pages, seal.subarray(0, 31), Buffer.from("x")]), 1],
  ] as const) {
    await writeFile(file, content);
    const { sealed } = probe(scene);
    assert.ok(sealed instanceof Command);
    assert.equal((await localHost().run(sealed, { accept: "any" })).code, code);
  }
  await rm(folder, { recursive: true });
});

test("etcd-snapshot: tells what is wrong with the file, and with what is kept of it", async () => {
  assert.deepEqual(await answer({ mode: nothing }), ["there is no file /var/backups/a.db"]);
  assert.match(String(await answer({ mode: said("root 644\n") })), /root 644, not root 600/);
  assert.match(
    String(await answer({ status: said("Error: invalid database\n", 1) })),
    /no snapshot of etcd: etcdutl says "Error: invalid database"/,
  );
  assert.match(
    String(await answer({ made: json({ kvs: [{ create_revision: 3000 }] }) })),
    /ledger is younger/,
  );
  assert.deepEqual(await answer({ kept: nothing }), ["there is no file /var/backups/a.json"]);
  assert.match(String(await answer({ kept: said("3.6.0, 7, 2991") })), /not what etcdutl prints as JSON/);
  assert.match(String(await answer({ kept: said("null") })), /not what etcdutl prints as JSON/);
  assert.match(String(await answer({ kept: json({ ...status, hash: 8 }) })), /does not tell of the snapshot/);
});
