import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { localHost } from "../../../src/hosts/local.ts";
import { Command } from "../../../src/hosts/sh.ts";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, json, nothing, said, stepOf } from "../../support/steps.ts";
import { cases } from "./etcd-snapshot.cases.ts";

testCases(import.meta.filename, cases);

const context = checkContextOf("cp");
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
  return (await stepOf("etcd-snapshot", params)).check({ ...good, ...change }, context);
}

test("etcd-snapshot: a copy of etcd's database is not a snapshot, though etcdutl reads it", async () => {
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
    const { sealed } = probe(context);
    assert.ok(sealed instanceof Command);
    assert.equal((await localHost().run(sealed, { accept: "any" })).code, code);
  }
  await rm(folder, { recursive: true });
});
