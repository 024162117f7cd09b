import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { debian } from "../../src/linux/families/debian.ts";
import { debianRelease, noDebian, type Release } from "./debian-release.ts";
import { short } from "./long.ts";

const skip = short || noDebian;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-debian-"));
});
after(async () => {
  await rm(folder, { recursive: true });
});

/** The packages around Docker that apt would install, under their own names. */
async function installed(release: Release, names: readonly string[]): Promise<string[]> {
  const said = await release.apt("--simulate", "install", ...names);
  return [...said.matchAll(/^Inst (docker\S*)/gm)].map(([, name = ""]) => name).sort();
}

test("Debian 13's Docker has its client in a separate package, and ours installs it", {
  skip,
}, async () => {
  const trixie = await debianRelease("trixie", join(folder, "trixie"));
  assert.deepEqual(await installed(trixie, ["docker.io", "iptables"]), ["docker.io"]);
  assert.deepEqual(await installed(trixie, debian.dockerEngine), ["docker-cli", "docker.io"]);
});

test("Debian 12's Docker is one package, and ours asks for no other", { skip }, async () => {
  const bookworm = await debianRelease("bookworm", join(folder, "bookworm"));
  assert.deepEqual(await installed(bookworm, debian.dockerEngine), ["docker.io"]);
});
