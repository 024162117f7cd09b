import assert from "node:assert/strict";
import { test } from "node:test";
import {
  changesText,
  chosenFiles,
  hasCommands,
  mostFiles,
  ofStudent,
  withContents,
} from "../../../src/commands/class/export/lab-state.ts";
import type { Difference } from "../../../src/recording/differences.ts";
import type { FoundThere } from "../../../src/recording/record.ts";

const hash = "0123456789abcdef";
const file = (name: string, value = `f 644 0:0  ${hash}`): FoundThere => ({
  ...{ machine: "cp", kind: "file", name, value },
});
const extra = ({ machine, kind, name }: FoundThere): Difference => ({ machine, kind, name, how: "extra" });
const seenOf = (found: readonly FoundThere[]) => ({ found, differences: found.map(extra), blind: [] });

const folder = file("/opt/x", "d 755 0:0");
const small = file("/opt/x/run.sh");
const large = file("/opt/x/disk.img", "f 644 0:0  5000000 1764590000.1");
const link = file("/etc/link", `l 777 0:0 /etc/${hash}`);
const strange = file("/etc/two\nlines");
const typed = file("/root/.bash_history");

test("regular files of up to a mebibyte are kept", () => {
  const { files, more } = chosenFiles(seenOf([folder, small, large, link, strange]), true);
  assert.deepEqual([...files], [["cp", ["/opt/x/run.sh"]]]);
  assert.deepEqual([...more], []);
});

test("a file that is gone is not asked for", () => {
  const seen = { found: [], blind: [], differences: [{ ...extra(small), how: "gone" as const }] };
  assert.deepEqual([...chosenFiles(seen, true).files], []);
});

test("what was typed is kept only if the student agreed", () => {
  assert.deepEqual([...chosenFiles(seenOf([typed, small]), false).files], [["cp", ["/opt/x/run.sh"]]]);
  assert.deepEqual(chosenFiles(seenOf([typed]), true).files.get("cp"), ["/root/.bash_history"]);
});

for (const name of [
  ".bash_history",
  ".ash_history",
  ".python_history",
  ".lesshst",
  ".viminfo",
  "fish_history",
])
  test(`${name} has what was typed`, () => assert.ok(hasCommands(`/home/steve/${name}`)));

for (const name of ["history.txt", ".bashrc", "my-history", "run.sh"])
  test(`${name} is a file as others`, () => assert.ok(!hasCommands(`/home/steve/${name}`)));

test("of very many files some are kept, and the others are counted", () => {
  const many = Array.from({ length: mostFiles + 2 }, (_, index) => file(`/etc/${index}`));
  const seen = seenOf(many);
  const chosen = chosenFiles(seen, false);
  assert.equal(chosen.files.get("cp")?.length, mostFiles);
  assert.match(changesText(seen, chosen, "T"), /^ {2}cp: 2 more files changed, without a copy here$/m);
});

test("labwright's own notes on a machine are not the student's", () => {
  const note = file("/var/lib/labwright/before/exercise");
  assert.deepEqual(ofStudent(seenOf([note, small])).differences, [extra(small)]);
});

test("an object of the cluster has its manifest, and nothing else its content", () => {
  const map = { machine: "cp", kind: "configmaps", name: "default/mine", value: hash, content: "{}" };
  const account = { machine: "cp", kind: "account", name: "tim", value: hash, content: "tim:x:1000" };
  assert.deepEqual(withContents(seenOf([map, account])), [{ ...extra(map), content: "{}" }, extra(account)]);
});

test("changes are lines, with what could not be seen; or that there are none", () => {
  const chosen = chosenFiles(seenOf([folder, small]), false);
  const blind = [{ machine: "w1", why: "does not answer" }];
  assert.equal(
    changesText({ ...seenOf([folder, small]), blind }, chosen, "T"),
    "Compared with the baseline of T:\n  w1 does not answer\n  cp: the file /opt/x is there and was not before\n",
  );
  assert.equal(changesText(seenOf([]), chosen, "T"), "The lab is as it was on T.\n");
});
