import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { extract, pack } from "tar-stream";
import { type Renaming, renamedImages } from "../../../src/artifacts/images/rename.ts";
import { sha256 } from "../../../src/local/hash.ts";

const config = (labels: Record<string, string>): string =>
  JSON.stringify({
    architecture: "amd64",
    config: { Cmd: ["init"], Labels: labels },
    rootfs: { type: "layers" },
  });
const old = config({ "labwright.id": "1", "labwright.set": "2", theirs: "stays" });
const layer = Buffer.alloc(3_000_000, "layer");

interface Entry {
  name: string;
  content?: string | Buffer;
  linkname?: string;
}

const manifest = (name: string, tags: string[]): Entry => ({
  name: "manifest.json",
  content: JSON.stringify([{ Config: name, RepoTags: tags, Layers: ["a/layer.tar", "b/layer.tar"] }]),
});

/** As an engine without, and one with, the layout of OCI saves it. */
const savedBy = (configName: string, tags = ["old:1"]): Entry[] => [
  { name: "a/layer.tar", content: layer },
  { name: "b/layer.tar", linkname: "../a/layer.tar" },
  { name: configName, content: old },
  { name: "index.json", content: "{}" },
  { name: "oci-layout", content: "{}" },
  manifest(configName, tags),
];

function archive(entries: readonly Entry[]): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const { name, content, linkname } of entries)
    if (linkname) tar.entry({ name, type: "symlink", linkname });
    else tar.entry({ name }, content ?? "");
  tar.finalize();
  return Readable.from(tar);
}

async function read(content: AsyncIterable<Uint8Array>): Promise<Map<string, Entry & { content: Buffer }>> {
  const found = new Map();
  const bytes = await buffer(content);
  for await (const entry of Readable.from([bytes]).pipe(extract())) {
    const { name, linkname } = entry.header;
    found.set(name, { name, linkname, content: await buffer(entry) });
  }
  return found;
}

const renaming: Renaming = {
  named: (tags) => {
    assert.deepEqual(tags, ["old:1"]);
    return { tag: "new:1", labels: { "labwright.id": "2" } };
  },
  isOld: (label) => label.startsWith("labwright."),
};

for (const configName of [`${"c".repeat(64)}.json`, `blobs/sha256/${"c".repeat(64)}`])
  test(`images get their new names and labels, and nothing else changes (${configName.slice(0, 12)}…)`, async () => {
    const found = await read(renamedImages(archive(savedBy(configName)), renaming));
    const [line] = JSON.parse(String(found.get("manifest.json")?.content));
    assert.deepEqual(line.RepoTags, ["new:1"]);
    assert.deepEqual(line.Layers, ["a/layer.tar", "b/layer.tar"]);
    assert.ok(found.get("a/layer.tar")?.content.equals(layer));
    assert.equal(found.get("b/layer.tar")?.linkname, "../a/layer.tar");
    const text = String(found.get(line.Config)?.content);
    assert.equal(line.Config, `${sha256(text)}.json`);
    const { config, ...rest } = JSON.parse(text);
    assert.deepEqual(config, { Cmd: ["init"], Labels: { theirs: "stays", "labwright.id": "2" } });
    assert.deepEqual(rest, { architecture: "amd64", rootfs: { type: "layers" } });
    // They would say that the images have their old names.
    assert.deepEqual([found.has("index.json"), found.has("oci-layout")], [false, false]);
  });

test("an archive without what an image needs is an error, and so is one that is cut off", async () => {
  const entries = savedBy("c.json");
  const without = (name: string) => entries.filter((one) => one.name !== name);
  await assert.rejects(read(renamedImages(archive(without("manifest.json")), renaming)));
  await assert.rejects(read(renamedImages(archive(without("c.json")), renaming)));
  await assert.rejects(read(renamedImages(archive(savedBy("c.json", ["other:1"])), renaming)));
  const cut = (async function* () {
    yield (await buffer(archive(entries))).subarray(0, 2_000_000);
  })();
  await assert.rejects(read(renamedImages(cut, renaming)));
});
