import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { unpackPrograms } from "../../../src/artifacts/upstream/deb.ts";
import { assertBuiltFor, isElf } from "../../../src/artifacts/upstream/elf.ts";
import { LabwrightError } from "../../../src/errors.ts";
import { buildDeb, type DebSpec } from "../../upstream/packages/deb.ts";
import { elfFile } from "../../upstream/packages/elf.ts";

const folder = mkdtempSync(join(tmpdir(), "labwright-deb-"));
after(() => rmSync(folder, { recursive: true }));

async function unpacked(
  spec: Pick<DebSpec, "files" | "compression">,
): Promise<{ names: string[]; into: string }> {
  const into = mkdtempSync(join(folder, "into-"));
  const file = join(into, ".deb");
  await writeFile(file, await buildDeb({ control, ...spec }));
  const names = await unpackPrograms(file, into);
  rmSync(file);
  return { names: names.sort(), into };
}
const control = {
  Package: "one",
  Version: "1",
  Architecture: "all",
  Maintainer: "test",
  Description: "test",
};
const codeOf = (code: string) => (error: unknown) => error instanceof LabwrightError && error.code === code;

const big = elfFile("amd64", "program ".repeat(200_000));

for (const compression of ["none", "xz", "zstd"] as const) {
  test(`programs come out of a package compressed with ${compression}, byte for byte`, async () => {
    const { names, into } = await unpacked({
      compression,
      files: {
        "usr/bin/kubelet": big,
        "opt/cni/bin/bridge": elfFile("amd64", ""),
        "usr/share/doc/one/README": "text",
      },
    });
    assert.deepEqual(names, ["bridge", "kubelet"]);
    assert.deepEqual(await readFile(join(into, "kubelet")), big);
  });
}

test("links are not unpacked: nothing in a package can point elsewhere", async () => {
  const source = mkdtempSync(join(folder, "link-"));
  mkdirSync(join(source, "DEBIAN"));
  mkdirSync(join(source, "usr/bin"), { recursive: true });
  await writeFile(
    join(source, "DEBIAN/control"),
    "Package: one\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n",
  );
  symlinkSync("/etc/passwd", join(source, "usr/bin/link"));
  execFileSync("dpkg-deb", ["--build", source, join(folder, "link.deb")], { stdio: "ignore" });
  const into = mkdtempSync(join(folder, "into-"));
  assert.deepEqual(await unpackPrograms(join(folder, "link.deb"), into), []);
  assert.deepEqual(await readdir(into), []);
});

test("a file that is not a package, or is cut, is an error that names the file", async () => {
  const file = join(folder, "page.deb");
  await writeFile(file, "<html>log in</html>");
  await assert.rejects(unpackPrograms(file, folder), codeOf("bad-package"));
  const whole = await buildDeb({ control, compression: "xz", files: { "usr/bin/x": big } });
  await writeFile(file, whole.subarray(0, whole.length - 200));
  await assert.rejects(unpackPrograms(file, mkdtempSync(join(folder, "into-"))), codeOf("bad-package"));
});

test("a program for another processor is refused, and a text is not a program", async () => {
  const file = join(folder, "program");
  await writeFile(file, elfFile("arm64", ""));
  await assertBuiltFor(file, "arm64", "x.deb");
  await assert.rejects(
    assertBuiltFor(file, "amd64", "x.deb"),
    /x\.deb holds a program that is not for amd64 \(ELF machine 183\)/,
  );
  await writeFile(file, elfFile("s390x", ""));
  await assert.rejects(assertBuiltFor(file, "amd64", "x.deb"), codeOf("wrong-processor"));
  await writeFile(file, "#!/bin/sh\n");
  assert.equal(await isElf(file), false);
});
