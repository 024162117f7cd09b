import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { pack } from "tar-stream";
import { regularFiles } from "../../src/artifacts/regular-files.ts";

test("a machine's tar with links and paths that lead out writes nothing outside its folder", async () => {
  const base = await mkdtemp(join(tmpdir(), "labwright-tar-"));
  try {
    const root = join(base, "root");
    const victim = join(base, "sources.list");
    await writeFile(victim, "the instructor's\n");
    const tar = pack();
    tar.entry({ name: "etc/apt", type: "symlink", linkname: base });
    tar.entry({ name: "etc/apt/sources.list" }, "deb the machine's\n");
    tar.entry({ name: "hard", type: "link", linkname: victim });
    tar.entry({ name: "hard" }, "through a hard link\n");
    tar.entry({ name: "../sources.list" }, "out of the folder\n");
    tar.entry({ name: victim }, "an absolute path\n");
    tar.finalize();
    await pipeline(
      tar,
      regularFiles((path) => join(root, path)),
    );
    assert.equal(await readFile(victim, "utf8"), "the instructor's\n");
    assert.deepEqual((await readdir(base)).sort(), ["root", "sources.list"]);
    assert.equal(await readFile(join(root, "etc/apt/sources.list"), "utf8"), "deb the machine's\n");
  } finally {
    await rm(base, { recursive: true });
  }
});
