import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ApplyContext } from "../../../src/engine/step.ts";
import { localHost } from "../../../src/hosts/local.ts";
import { sh } from "../../../src/hosts/sh.ts";
import type { Host } from "../../../src/hosts/types.ts";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, stepOf } from "../../support/steps.ts";
import { cases } from "./kernel-settings.cases.ts";

testCases(import.meta.filename, cases);

/** A machine whose state is a folder of the test's, and whose kernel is three scripts. */
let folder: string;
const notes = () => join(folder, "labwright", "before", "kernel-settings");
const kernel = (name: string, script: string) =>
  writeFile(join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-kernel-"));
  await mkdir(notes(), { recursive: true });
  await mkdir(join(folder, "bin"));
  await writeFile(join(notes(), "live"), "value net.ipv4.ip_forward 0\nswap /dev/theirs\n");
  await writeFile(join(notes(), "list"), "");
  await kernel("systemd-detect-virt", "echo none");
  for (const name of ["sysctl", "swapon"]) await kernel(name, `echo "${name} $*" >>${folder}/done`);
});
after(() => rm(folder, { recursive: true }));

const host: Host = {
  ...localHost(),
  run: (command, options) =>
    localHost().run(
      sh`unshare --mount sh -c ${`mount --bind "$0" /var/lib; PATH="$0/bin:$PATH"; ${command.reveal()}`} ${folder}`,
      options,
    ),
};

const context: ApplyContext = {
  ...checkContextOf("cp"),
  signal: AbortSignal.any([]),
  on: async () => host,
  note: () => {},
  leave: () => {},
};

test("what could not be restored stays noted, and the next undo restores it", {
  skip: process.getuid?.() !== 0 && "needs root: it mounts",
}, async () => {
  const step = await stepOf("kernel-settings");
  await kernel("swapon", "echo 'no such device' >&2; exit 255");
  await assert.rejects(async () => step.undo?.(host, context), {
    output: /could not restore \/dev\/theirs/,
  });
  assert.match(await readFile(join(notes(), "live"), "utf8"), /swap \/dev\/theirs/);
  await kernel("swapon", `echo "swapon $*" >>${folder}/done`);
  await step.undo?.(host, context);
  assert.match(
    await readFile(join(folder, "done"), "utf8"),
    /sysctl .*net\.ipv4\.ip_forward=0\n[\s\S]*swapon \/dev\/theirs\n/,
  );
  await assert.rejects(readdir(notes()), { code: "ENOENT" }, "the notes are gone");
});
