import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { withClusterVersion, writeClusterVersion } from "../../src/lab/edit-version.ts";

const edited: Record<string, [before: string, after: string]> = {
  "a quoted version with a comment": [
    'name: a # mine\ncluster:\n  # the old one\n  version: "1.36" # before\n  runtime: cri-o\n',
    'name: a # mine\ncluster:\n  # the old one\n  version: "1.37" # before\n  runtime: cri-o\n',
  ],
  "an unquoted version": ["cluster:\n    version: 1.36\n", 'cluster:\n    version: "1.37"\n'],
  "a version in single quotes, in braces": [
    "cluster: { runtime: cri-o, version: '1.36' }\n",
    'cluster: { runtime: cri-o, version: "1.37" }\n',
  ],
  "no version": [
    "cluster:\n  # which\n  runtime: cri-o\nname: a\n",
    'cluster:\n  # which\n  version: "1.37"\n  runtime: cri-o\nname: a\n',
  ],
  "no version, in braces": [
    "cluster: { runtime: cri-o }\n",
    'cluster: { version: "1.37", runtime: cri-o }\n',
  ],
  "an empty cluster": ["cluster: {}\n", 'cluster: { version: "1.37" }\n'],
  "no cluster, and no line end": ["name: a", 'name: a\ncluster:\n  version: "1.37"\n'],
  "comments alone": ["# all defaults\n", '# all defaults\ncluster:\n  version: "1.37"\n'],
  nothing: ["", 'cluster:\n  version: "1.37"\n'],
  "lines of Windows and a byte order mark": [
    "\uFEFFname: a\r\ncluster:\r\n  runtime: cri-o\r\n",
    '\uFEFFname: a\r\ncluster:\r\n  version: "1.37"\r\n  runtime: cri-o\r\n',
  ],
};

for (const [what, [before, after]] of Object.entries(edited))
  test(`${what}: only the version changes`, () => assert.equal(withClusterVersion(before, "1.37"), after));

const left: Record<string, string> = {
  "an alias": "x: &v '1.36'\ncluster: { version: *v }\n",
  "an anchor that something else refers to": "cluster:\n  version: &v '1.36'\nname: *v\n",
  "an alias for the whole cluster": "x: &c { version: '1.36' }\ncluster: *c\n",
  "a cluster without a value": "cluster:\nname: a\n",
  "a file in braces": "{ name: a }\n",
  "a file that is not valid": "cluster: [\n",
  "two documents": "name: a\n---\nname: b\n",
  "a document with an end": "name: a\n...\n",
};

for (const [what, text] of Object.entries(left))
  test(`${what}: not edited`, () => assert.equal(withClusterVersion(text, "1.37"), undefined));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-edit-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a link stays a link, and the file's mode stays", async () => {
  const [file, link] = [join(folder, "real.yaml"), join(folder, "lab.yaml")];
  await writeFile(file, "name: a\n", { mode: 0o640 });
  await chmod(file, 0o640);
  await symlink(file, link);
  await writeClusterVersion(link, "1.37");
  assert.equal(await readFile(file, "utf8"), 'name: a\ncluster:\n  version: "1.37"\n');
  assert.equal((await stat(file)).mode & 0o777, 0o640);
});

test("a file that cannot be edited is left as it is, and the error names the line", async () => {
  const file = join(folder, "lab.yaml");
  const text = "x: &v '1.36'\nname: a\ncluster:\n  version: *v\n";
  await writeFile(file, text);
  await assert.rejects(writeClusterVersion(file, "1.37"), {
    code: "lab-file-edit",
    message: `cannot change cluster.version in ${file}:4: it is not written in one place there`,
    remedy: 'Write `version: "1.37"` below `cluster:` there, then run `labwright up`.',
  });
  assert.equal(await readFile(file, "utf8"), text);
});
