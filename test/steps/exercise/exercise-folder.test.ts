import assert from "node:assert/strict";
import { chown, lchown, lstat, mkdir, readdir, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isCommand } from "../../../src/engine/step.ts";
import { localHost } from "../../../src/hosts/local.ts";
import { sh } from "../../../src/hosts/sh.ts";
import type { Host } from "../../../src/hosts/types.ts";
import { testCases } from "../../support/step-cases.ts";
import { applyContextOf, checkContextOf, stepOf } from "../../support/steps.ts";
import { cases } from "./exercise-folder.cases.ts";

testCases(import.meta.filename, cases);

test("exercise-folder takes absolute paths below a folder only", async () => {
  for (const path of ["/", "/root", "/root/../etc", "drill", "/root/a b", "/root/$(id)"])
    await assert.rejects(stepOf("exercise-folder", { path }), path);
  await assert.rejects(stepOf("exercise-folder", { path: "/root/drill", files: { "../x": "" } }));
});

/** uids of nobody here: an account's home is in the test's own folder. */
const [owner, other] = [54_321, 54_322];

test("exercise-folder: a folder in a home is its account's, and a link in the way is not followed", {
  skip: process.getuid?.() !== 0 && "needs root: it makes files of other accounts",
}, async (t) => {
  const base = `/tmp/lwtest-folder-${process.pid}`;
  t.after(() => rm(base, { recursive: true }));
  const [home, elsewhere] = [join(base, "home"), join(base, "elsewhere")];
  for (const folder of [base, home, elsewhere, join(base, "state")]) await mkdir(folder, { mode: 0o755 });
  await chown(home, owner, owner);
  await chown(elsewhere, other, other);
  /** This computer, with its /var/lib as a folder of the test's. */
  const host: Host = {
    ...localHost(),
    run: (command, options) =>
      localHost().run(
        sh`unshare --mount sh -c ${`mount --bind "$0" /var/lib; ${command.reveal()}`} ${join(base, "state")}`,
        options,
      ),
  };
  const comeAndGo = async (path: string, between: () => Promise<void>) => {
    const step = await stepOf("exercise-folder", { path });
    const probe = step.probe(checkContextOf("cp")).folder;
    assert.ok(probe && isCommand(probe));
    await step.apply?.(host, applyContextOf("cp"), {});
    const facts = { folder: await host.run(probe, { accept: "any" }) };
    assert.deepEqual(step.check(facts, checkContextOf("cp")), []);
    await between();
    await step.undo?.(host, applyContextOf("cp"));
  };

  await comeAndGo(join(home, "drill"), async () => {
    const made = await stat(join(home, "drill"));
    assert.deepEqual([made.uid, made.mode & 0o777], [owner, 0o700]);
  });
  assert.deepEqual(await readdir(home), []);

  await symlink(elsewhere, join(home, "link"));
  await lchown(join(home, "link"), owner, owner);
  const behind = await stepOf("exercise-folder", { path: join(home, "link", "drill") });
  await assert.rejects(async () => behind.apply?.(host, applyContextOf("cp"), {}));
  assert.deepEqual(await readdir(elsewhere), [], "nothing was made where the link leads");

  const taken = await stepOf("exercise-folder", { path: join(home, "link") });
  await assert.rejects(
    async () => taken.apply?.(host, applyContextOf("cp"), {}),
    /already exists, and labwright did not create it/,
  );
  await taken.undo?.(host, applyContextOf("cp"));
  assert.ok((await lstat(join(home, "link"))).isSymbolicLink(), "the link stays");
});
