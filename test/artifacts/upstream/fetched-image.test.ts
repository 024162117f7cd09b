import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, before, beforeEach, test } from "node:test";
import { promisify } from "node:util";
import { extract } from "tar-stream";
import { imageNameOf } from "../../../src/artifacts/upstream/registry.ts";
import { challengeOf } from "../../../src/artifacts/upstream/registry-login.ts";
import { type Internet, startInternet } from "../../upstream/internet.ts";
import { digest } from "../../upstream/packages/deb.ts";
import { addForAll, plainConfig as config, gzipped } from "../../upstream/registry/archive.ts";
import { newStore } from "../../upstream/registry/store.ts";

const run = promisify(execFile);
const layer = await gzipped(randomBytes(300_000));
const names = [
  "registry.k8s.io/pause:3.10.2",
  "quay.io/calico/node:v3.31.0",
  "docker.io/library/nginx:latest",
];

let internet: Internet;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-fetched-"));
  const store = newStore();
  for (const name of names)
    await addForAll(store, name, { architecture: "amd64", config, layers: [layer] }, "oci");
  const none = new Map<string, Buffer>();
  internet = await startInternet({
    host: "127.0.0.1",
    kubernetes: none,
    docker: none,
    manifests: none,
    store,
  });
});
after(async () => {
  await internet?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  internet.asked.length = 0;
  internet.rules.length = 0;
});

/** In its own process: the proxy and the authority's certificate are read when a process starts. */
async function fetched(name: string, cache = join(folder, "cache")): Promise<string> {
  const child = join(import.meta.dirname, "fetched-image-child.ts");
  const env = { ...process.env, ...internet.environment, XDG_CACHE_HOME: join(folder, "home") };
  return (await run(process.execPath, [child, name, cache], { env })).stdout.trim();
}

async function contentOf(file: string): Promise<Map<string, Buffer>> {
  const content = new Map<string, Buffer>();
  for await (const entry of createReadStream(file).pipe(extract()))
    content.set(entry.header.name, await buffer(entry));
  return content;
}

for (const name of names)
  test(`${name} comes from its registry, for this processor, as containerd and Docker read it`, async () => {
    const content = await contentOf(await fetched(name));
    const json = (path: string) => JSON.parse(String(content.get(path)));
    const [described] = json("index.json").manifests;
    assert.equal(described.annotations["io.containerd.image.name"], name);
    const manifest = json(`blobs/${described.digest.replace(":", "/")}`);
    assert.equal(described.size, content.get(`blobs/${described.digest.replace(":", "/")}`)?.length);
    assert.deepEqual(content.get(`blobs/${manifest.config.digest.replace(":", "/")}`), config);
    const [saved] = json("manifest.json");
    assert.deepEqual(saved.RepoTags, [name]);
    assert.equal(digest("sha256", content.get(saved.Layers[0]) ?? Buffer.alloc(0)), digest("sha256", layer));
    assert.deepEqual(internet.refused, []);
  });

test("a layer that breaks off goes on behind its last byte, and 429 waits as long as it asks for", async () => {
  internet.rules.push(
    {
      path: /quay\.io\/v2\/calico\/node\/manifests/,
      fault: { status: 429, headers: { "retry-after": "1" } },
      times: 2,
    },
    { path: /^cdn/, fault: { cutAfter: 1000 }, times: 2 },
  );
  const content = await contentOf(await fetched("quay.io/calico/node:v3.31.0", join(folder, "second")));
  assert.ok(content.has("index.json"));
  assert.ok(
    internet.asked.some(({ range }) => /^bytes=[1-9]/.test(range ?? "")),
    "it asked for the rest",
  );
});

test("a registry that refuses this computer too is named, with its answer", async () => {
  internet.rules.push({ path: /quay\.io\/v2\/calico/, fault: { status: 403 } });
  assert.match(
    await fetched("quay.io/calico/node:v3.31.0", join(folder, "third")),
    /^download-failed: could not fetch https:\/\/quay\.io\/v2\/calico\/node\/manifests\/v3\.31\.0: it answers with 403$/,
  );
});

test("a login page in place of a manifest is an error, and nothing of it is kept", async () => {
  internet.rules.push({ path: /v2\/pause\/manifests/, fault: { loginPage: true } });
  assert.match(await fetched(names[0] ?? "", join(folder, "fourth")), /^image-manifest: /);
  internet.rules.length = 0;
  assert.match(await fetched(names[0] ?? "", join(folder, "fourth")), /image\.tar$/);
});

test("an image's full name is taken apart", () => {
  const pinned = `sha256:${"a".repeat(64)}`;
  for (const [name, registry, repository, reference] of [
    ["registry.k8s.io/coredns/coredns:v1.14.0", "registry.k8s.io", "coredns/coredns", "v1.14.0"],
    ["10.0.0.1:5000/library/nginx:1", "10.0.0.1:5000", "library/nginx", "1"],
    [`quay.io/calico/cni@${pinned}`, "quay.io", "calico/cni", pinned],
    [`quay.io/calico/cni:v3@${pinned}`, "quay.io", "calico/cni", pinned],
  ] as const)
    assert.deepEqual(imageNameOf(name), { registry, repository, reference });
  for (const name of ["nginx", "nginx:latest", "quay.io/calico/cni"])
    assert.throws(() => imageNameOf(name), { code: "image-name" });
});

test("a registry's challenge is read in any order, and no other kind", () => {
  assert.deepEqual(challengeOf('Bearer service="s",realm="https://a/t",scope="repository:a/b:pull"'), {
    realm: "https://a/t",
    service: "s",
    scope: "repository:a/b:pull",
  });
  assert.deepEqual(challengeOf('Basic realm="https://a/t"'), {});
});
