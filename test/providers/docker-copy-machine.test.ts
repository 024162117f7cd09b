import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import {
  assertFree,
  type Copying,
  copyMachine,
  fillVolumes,
} from "../../src/providers/docker/copy-machine.ts";
import { Docker, type EngineFacts } from "../../src/providers/docker/docker.ts";
import { fakeDocker } from "../support/fake-docker.ts";

process.env.XDG_DATA_HOME = mkdtempSync(join(tmpdir(), "lwtest-copy-"));
after(() => rmSync(process.env.XDG_DATA_HOME ?? "", { recursive: true, force: true }));

/** Has the images and volumes of a file, and notes what it is asked. */
const fake = fakeDocker(`
printf '%s\\n' "$*" >>"$DIR/asked"
case "$*" in
  "image inspect"*|"volume inspect"*) grep -qxF -e "$3" "$DIR/has" ;;
  "container inspect"*) echo "sha256:node labwright-images-x" ;;
esac
`);

const copying: Copying = {
  engine: {
    ...{ docker: new Docker(localHost()), facts: {} as EngineFacts, own: false },
    ...{ reach: { kind: "direct" }, direct: true },
  },
  ...{ lab: { name: "lab" }, snapshot: "one" },
};

const machine = {
  ...{ engineId: "c1", name: "labwright-lab.cp", set: "1", claim: { what: "container" }, machine: "cp" },
  ...{ state: "paused", ports: "", address: "10.0.0.10", hostKey: "" },
};

const has = (...names: string[]): void =>
  writeFileSync(join(fake.folder, "has"), names.map((name) => `${name}\n`).join(""));
const asked = (): string[] => readFileSync(join(fake.folder, "asked"), "utf8").trim().split("\n");

beforeEach(() => writeFileSync(join(fake.folder, "asked"), ""));

test("an image or a volume of another under the name of a copy is not replaced, and not written to", async () => {
  for (const name of ["labwright/snapshot-lab:cp.one", "labwright-lab.cp.one"]) {
    has(name);
    await assert.rejects(assertFree(copying, "cp"), { code: "name-taken", message: new RegExp(name) });
  }
  has();
  await assertFree(copying, "cp");
});

test("a copy is an image and a volume with the lab's labels; what copies is the lab's, and no machine", async () => {
  await copyMachine(copying, machine);
  const commands = asked();
  const volume = commands.findIndex((line) => line.startsWith("volume create"));
  const commit = commands.find((line) => line.startsWith("commit")) ?? "";
  const copy = commands.find((line) => /^run .*--volumes-from/.test(line)) ?? "";
  assert.ok(volume >= 0 && volume < commands.indexOf(commit), commands.join("\n"));
  assert.match(commands[volume] ?? "", /--label labwright\.snapshot=one .*labwright-lab\.cp\.one$/);
  assert.match(commit, /LABEL labwright\.copy="labwright-images-x"/);
  assert.match(commit, /LABEL labwright\.address="10\.0\.0\.10"/);
  assert.match(commit, / c1 labwright\/snapshot-lab:cp\.one$/);
  assert.match(copy, /--label labwright\.lab=lab .*--label labwright\.machine= /);
  assert.match(copy, /--volumes-from labwright-lab\.cp --volume labwright-lab\.cp\.one:\S+:rw sha256:node/);
});

test("a restore only reads the copy", async () => {
  await fillVolumes(copying, "cp");
  assert.match(asked().join("\n"), /--volume labwright-lab\.cp\.one:\S+:ro labwright\/snapshot-lab:cp\.one/);
});
