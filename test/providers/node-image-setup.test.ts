import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { infra } from "../../src/providers/machine/node-image.ts";

/** The sources of the image debian:bookworm. */
const sources = `Types: deb
URIs: http://deb.debian.org/debian
Suites: bookworm bookworm-updates

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: bookworm-security
`;

test("a mirror stands in for Debian's own place and its security archive; without one nothing changes", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "labwright-setup-"));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "etc/apt/sources.list.d"), { recursive: true });
  const file = join(folder, "etc/apt/sources.list.d/debian.sources");
  // The part of the script that ends before packages are installed, in a folder in place of the machine's root.
  const script = (await readFile(join(infra, "setup"), "utf8")).split("\nif [ $# ")[0] ?? "";
  const run = async (mirror: string) => {
    await writeFile(file, sources);
    await execa("sh", ["-c", script.replaceAll("/etc/apt", `${folder}/etc/apt`)], {
      env: { DEBIAN_MIRROR: mirror },
    });
    return readFile(file, "utf8");
  };
  const changed = await run("http://mirror.example/debian");
  assert.match(changed, /^URIs: http:\/\/mirror\.example\/debian$/m);
  assert.match(changed, /^URIs: http:\/\/mirror\.example\/debian-security$/m);
  assert.doesNotMatch(changed, /deb\.debian\.org/);
  assert.equal(await run(""), sources);
});
