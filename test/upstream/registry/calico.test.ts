import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { extract, pack } from "tar-stream";
import { withoutOtherPrograms } from "./calico.ts";

test("calico/node keeps the programs on its list, and everything outside the folders for programs", async () => {
  const tar = pack();
  for (const name of ["./usr/bin/mv", "./usr/bin/bash", "./usr/bin/ln", "./etc/passwd"])
    tar.entry({ name }, "x");
  tar.entry({ name: "./usr/sbin/", type: "directory" });
  tar.entry({ name: "./usr/bin/uniq", type: "link", linkname: "./usr/bin/mv" });
  tar.entry({ name: "./sbin", type: "symlink", linkname: "usr/sbin" });
  tar.finalize();
  const left = extract();
  left.end(await withoutOtherPrograms(await buffer(tar)));
  const names: string[] = [];
  for await (const entry of left) {
    names.push(entry.header.name);
    entry.resume();
  }
  assert.deepEqual(names, ["./usr/bin/bash", "./usr/bin/ln", "./etc/passwd", "./usr/sbin/", "./sbin"]);
});
