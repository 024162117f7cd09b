import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { beforeEach, test } from "node:test";
import { extract, pack } from "tar-stream";
import type { Activity } from "../../src/activity/activity.ts";
import { localHost } from "../../src/hosts/local.ts";
import { labIdFile } from "../../src/lab/identity.ts";
import type { Machine } from "../../src/lab/types.ts";
import { labFolder } from "../../src/paths.ts";
import type { Copy } from "../../src/providers/docker/copies.ts";
import type { Copying } from "../../src/providers/docker/copy-machine.ts";
import { Docker, type EngineFacts } from "../../src/providers/docker/docker.ts";
import { type About, exportSnapshot } from "../../src/providers/docker/snapshot-export.ts";
import { prepareImport } from "../../src/providers/docker/snapshot-import.ts";
import type { SnapshotPart } from "../../src/providers/types.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";
import { fakeDocker } from "../support/fake-docker.ts";

useOwnDataFolder();

/** Has the volumes and names of files, prints what is saved, and keeps what it is given. */
const fake = fakeDocker(`
printf '%s\\n' "$*" >>"$DIR/asked"
case "$*" in
  "volume inspect --format"*) cat "$DIR/volumes"; exit 1 ;;
  "volume ls"*maker*) echo labwright-images-x ;;
  "network ls"*) echo "n1 " ;;
  "network inspect"*) echo 10.89.7.0/24 ;;
  "image inspect"*|"volume inspect"*) grep -qxF -e "$3" "$DIR/has" ;;
  "image save"*) echo "saved: $*" ;;
  "image load"*) cat >"$DIR/loaded" ;;
  *--create*) echo "content: $*" ;;
  *--extract*) cat >"$DIR/filled-$(echo "$*" | sed 's/.*--volume \\([^:]*\\):.*/\\1/')" ;;
esac
`);

const copying: Copying = {
  engine: {
    ...{ docker: new Docker(localHost()), facts: { architecture: "x86_64" } as EngineFacts, own: false },
    ...{ reach: { kind: "direct" }, direct: true },
  },
  ...{ lab: { name: "lab" }, snapshot: "one" },
};

const copy = (kind: Copy["kind"], machine: string, word: string): Copy => ({
  ...{ kind, machine, word, engineId: `${kind}-${machine}`, name: `${kind}-${machine}`, snapshot: "one" },
  ...{ claim: { what: kind }, address: kind === "image" ? `10.89.7.1${machine.length}` : "" },
});

const copies = ["cp", "w_1"].flatMap((name) => [
  copy("image", name, "labwright-images-x"),
  copy("volume", name, "word"),
]);

const never = new AbortController().signal;
const put = (name: string, content: string): void => writeFileSync(join(fake.folder, name), content);
const asked = (): string[] => readFileSync(join(fake.folder, "asked"), "utf8").trim().split("\n");
const commands = (first: RegExp): string[] => asked().filter((line) => first.test(line));

beforeEach(() => {
  put("asked", "");
  put("has", "");
  put("volumes", "labwright-images-x\t21159-947006\t\n");
  mkdirSync(labFolder("lab"), { recursive: true });
  writeFileSync(labIdFile("lab"), "00112233aabbccdd\n");
});

async function exported(): Promise<{ about: About; parts: Record<string, string> }> {
  const { about, parts } = await exportSnapshot(copying, copies, never);
  const read: Record<string, string> = {};
  for await (const { name, content } of parts) read[name] = await text(content);
  return { about: about as About, parts: read };
}

test("an export has all images at once, each machine's volume, and the images that machines share once", async () => {
  const { about, parts } = await exported();
  const [origin = ""] = about.machines.map(({ shared }) => shared);
  assert.deepEqual(about, {
    architecture: "amd64",
    machines: [
      { name: "cp", address: "10.89.7.12", shared: origin },
      { name: "w_1", address: "10.89.7.13", shared: origin },
    ],
  });
  assert.deepEqual(Object.keys(parts), ["images", "volumes/cp", "volumes/w_1", `shared/${origin}`]);
  assert.match(
    parts.images ?? "",
    /image save labwright\/snapshot-lab:cp\.one labwright\/snapshot-lab:w_1\.one$/m,
  );
  assert.match(parts["volumes/w_1"] ?? "", /--log-driver none --volume labwright-lab\.w_1\.one:\S+:ro /);
  assert.match(
    parts["volumes/w_1"] ?? "",
    /--label labwright\.machine= .*--xattrs '--xattrs-include=\*' --numeric-owner/,
  );
  assert.match(parts[`shared/${origin}`] ?? "", /--volume labwright-images-x:\S+:ro/);
});

test("the origin of shared images changes with who made them, and a copy has that of the original", async () => {
  const { about: first } = await exported();
  put("volumes", "labwright-images-x\t4-4\t\n");
  const { about: other } = await exported();
  assert.notEqual(other.machines[0]?.shared, first.machines[0]?.shared);
  put("volumes", `labwright-images-x\t\t${first.machines[0]?.shared}\n`);
  assert.deepEqual((await exported()).about, first);
});

const machines: Machine[] = ["cp", "w_1"].map((name) => ({ name, role: "x", user: "root", sudo: "none" }));
const origin = "ab".repeat(16);
const about = (shared = origin): About => ({
  architecture: "amd64",
  machines: machines.map(({ name }, at) => ({ name, shared, address: `10.89.7.1${at}` })),
});

/** What an engine saves of the images of another lab. */
async function savedImages(tags: readonly string[]): Promise<Uint8Array> {
  const tar = pack();
  const config = { config: { Labels: { "labwright.id": "ffeeddccbbaa9988", "labwright.set": "2" } } };
  tar.entry({ name: "c.json" }, JSON.stringify(config));
  const images = tags.map((tag) => ({ Config: "c.json", RepoTags: [tag], Layers: [] }));
  tar.entry({ name: "manifest.json" }, JSON.stringify(images));
  tar.finalize();
  return buffer(tar);
}

const tags = machines.map(({ name }) => `labwright/snapshot-lab:${name}.one`);

async function* partsWith(images: Uint8Array): AsyncGenerator<SnapshotPart> {
  const all: [string, Uint8Array][] = [
    ["images", images],
    ...["volumes/cp", "volumes/w_1", `shared/${origin}`, "more"].map((name): [string, Uint8Array] => [
      name,
      Buffer.from(name),
    ]),
  ];
  for (const [name, content] of all) yield { name, content: Readable.from([content]) };
}

const activity: Activity = {
  note: () => {},
  expect: () => {},
  child: (_kind, _title, work) => work(activity, () => {}),
};

const take = async (described: unknown, parts: AsyncIterable<SnapshotPart>): Promise<void> => {
  const takeParts = await prepareImport(copying, machines, described);
  await takeParts({ parts, activity, signal: never });
};

async function loaded(): Promise<Map<string, Record<string, string>>> {
  const entries = new Map<string, string>();
  for await (const entry of Readable.from([readFileSync(join(fake.folder, "loaded"))]).pipe(extract()))
    entries.set(entry.header.name, await text(entry));
  const manifest: { RepoTags: string[]; Config: string }[] = JSON.parse(entries.get("manifest.json") ?? "");
  return new Map(
    manifest.map(({ RepoTags: [tag = ""], Config }) => [
      tag,
      JSON.parse(entries.get(Config) ?? "").config.Labels,
    ]),
  );
}

test("an import labels all that it makes as this lab's, from the beginning", async () => {
  await take(about(), partsWith(await savedImages(tags)));
  const labels = (await loaded()).get("labwright/snapshot-lab:w_1.one");
  const shared = `labwright.images-lab.${origin}`;
  assert.equal(labels?.["labwright.id"], "00112233aabbccdd");
  assert.equal(labels?.["labwright.set"], undefined);
  assert.equal(labels?.["labwright.copy"], shared);
  assert.equal(labels?.["labwright.address"], "10.89.7.11");
  assert.deepEqual([labels?.["labwright.snapshot"], labels?.["labwright.machine"]], ["one", "w_1"]);
  const created = commands(/^volume create/);
  assert.equal(created.length, 3);
  for (const one of created) assert.match(one, /--label labwright\.id=00112233aabbccdd/);
  assert.match(
    created[2] ?? "",
    new RegExp(`--label labwright.snapshot= --label labwright.copy=${origin} ${shared}$`),
  );
  for (const [volume, content] of [
    ["labwright-lab.cp.one", "volumes/cp"],
    ["labwright-lab.w_1.one", "volumes/w_1"],
    [shared, `shared/${origin}`],
  ])
    assert.equal(readFileSync(join(fake.folder, `filled-${volume}`), "utf8"), content);
});

test("shared images that the engine has already are used as they are", async () => {
  const [known] = (await exported()).about.machines;
  put("asked", "");
  await take(about(known?.shared), partsWith(await savedImages(tags)));
  assert.equal(
    (await loaded()).get("labwright/snapshot-lab:cp.one")?.["labwright.copy"],
    "labwright-images-x",
  );
  assert.equal(commands(/^volume create/).length, 2);
});

const changed = (): string[] => commands(/^(volume create|image load|run)/);

test("what the lab cannot take is refused before anything is made", async () => {
  const refused = async (described: unknown, message: RegExp, remedy: RegExp): Promise<void> => {
    await assert.rejects(prepareImport(copying, machines, described), { message, remedy });
    assert.deepEqual(changed(), []);
  };
  const [cp, w1] = about().machines;
  await refused(
    { ...about(), architecture: "arm64" },
    /have arm64 processors, and .* runs on amd64/,
    /arm64/,
  );
  await refused({ ...about(), machines: [cp] }, /it has the machines cp$/, /Use the lab file/);
  await refused(
    { ...about(), machines: [cp, { ...w1, address: "10.89.8.11" }] },
    /w_1 has the address 10\.89\.8\.11 in it, and the lab's network is 10\.89\.7\.0\/24/,
    /labwright down.*network: \{ subnet: 10\.89\.8\.0\/24 \}.*labwright up/,
  );
  for (const flaw of [undefined, {}, { ...about(), machines: [{ ...cp, name: "../x" }] }])
    await refused(flaw, /its machines are not described/, /Export it again/);
  put("has", "labwright-lab.cp.one\n");
  await refused(about(), /labwright-lab\.cp\.one/, /./);
});

test("images that the snapshot does not need are not loaded, and a missing part is an error", async () => {
  put("loaded", "");
  await assert.rejects(take(about(), partsWith(await savedImages([...tags, "nginx:latest"]))), {
    code: "snapshot-damaged",
    message: /an image that it does not need: nginx:latest/,
  });
  assert.deepEqual(commands(/^volume create/), []);
  const images = await savedImages(tags);
  const onlyImages = (async function* (): AsyncGenerator<SnapshotPart> {
    yield { name: "images", content: Readable.from([images]) };
  })();
  await assert.rejects(take(about(), onlyImages), /the part volumes\/cp is missing/);
});
