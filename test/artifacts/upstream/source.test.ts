import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { openCache } from "../../../src/artifacts/cache.ts";
import { targetOf } from "../../../src/artifacts/target.ts";
import type { ManifestName } from "../../../src/artifacts/types.ts";
import { pick } from "../../../src/artifacts/upstream/packages.ts";
import { unanswered } from "../../../src/artifacts/upstream/places.ts";
import { upstreamSource } from "../../../src/artifacts/upstream/source.ts";
import { startRun } from "../../../src/engine/activity-tree.ts";
import { LabwrightError } from "../../../src/errors.ts";
import { makePackage, type PackageSpec, paragraph } from "../../support/packages.ts";

/** A package repository as upstream lays it out, on this computer, with real packages in it. */
let folder: string;
let server: Server;
let files: Map<string, Buffer>;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "labwright-upstream-"));
  server = createServer((request, response) => {
    const content = files.get(request.url ?? "");
    if (!content) return response.writeHead(404).end();
    response
      .writeHead(200, { "content-length": content.length })
      .end(request.method === "HEAD" ? undefined : content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  const root = "/core:/stable:/v1.36/deb";
  const names = ["kubeadm", "kubelet", "kubectl"];
  const packages = names.map(
    (name): PackageSpec => ({
      name,
      version: "1.36.3-1.1",
      files: { [`usr/bin/${name}`]: `#!/bin/sh\necho ${name}\n`, "usr/share/doc/x": "no program" },
    }),
  );
  const contents = new Map(packages.map((one) => [one, makePackage(one)]));
  files = new Map([...contents].map(([{ name }, content]) => [`${root}/amd64/${name}.deb`, content]));
  const index = [...contents]
    .map(([one, content]) => paragraph(one, `amd64/${one.name}.deb`, content))
    .join("\n");
  files.set(`${root}/Packages`, Buffer.from(index));
  files.set("/v3.31.0/manifests/calico-typha.yaml", Buffer.from("kind: List\n"));
  files.set("/v1.35.0/deploy/ccm-networks.yaml", Buffer.from("kind: Deployment\n"));
  files.set("/v2/", Buffer.from("{}"));
});

const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const mirrors = () => ({ packages: base(), images: base(), manifests: base() });

function source() {
  const cache = openCache(mkdtempSync(join(folder, "cache-")));
  return upstreamSource({ cache, target: targetOf("x64"), minor: "1.36", mirrors: mirrors() });
}
const programs = () => startRun("test", [], (activity) => source().programs("kubernetes-node", activity));

const codeOf = (code: string) => (error: unknown) => error instanceof LabwrightError && error.code === code;

test("programs come out of the repository's packages, and nothing else of them", async () => {
  const { files: got, version } = await programs();
  assert.deepEqual(
    got.map(({ name }) => name),
    ["kubeadm", "kubectl", "kubelet"],
  );
  assert.equal(version, "1.36.3");
  assert.match(await readFile(got[0]?.path ?? "", "utf8"), /echo kubeadm/);
});

test("a package that is not what the index describes is refused, and nothing of it is kept", async () => {
  files.set("/core:/stable:/v1.36/deb/amd64/kubelet.deb", Buffer.from("something else"));
  await assert.rejects(programs(), codeOf("checksum-wrong"));
});

test("each manifest is its own release's", async () => {
  const textOf = async (name: ManifestName) =>
    (await startRun("test", [], (activity) => source().manifest(name, activity))).text;
  assert.equal(await textOf("calico-typha"), "kind: List\n");
  assert.equal(await textOf("hetzner-controller"), "kind: Deployment\n");
});

test("a package or an index that is missing is an error that names it", async () => {
  files.delete("/core:/stable:/v1.36/deb/amd64/kubectl.deb");
  await assert.rejects(programs(), /kubectl\.deb could not be fetched: it answers with 404/);
  files.set("/core:/stable:/v1.36/deb/Packages", Buffer.from(""));
  await assert.rejects(programs(), codeOf("package-missing"));
});

test("the newest build of the wanted release is taken", () => {
  const entry = (version: string) => ({ name: "kubelet", version, file: version, sha256: "" });
  const entries = ["1.36.3-1.1", "1.36.3-2.0", "1.36.10-1.1", "1.35.9-1.1"].map(entry);
  assert.equal(pick(entries, "kubelet", "1.36.3")?.version, "1.36.3-2.0");
  assert.equal(pick(entries, "kubelet", undefined)?.version, "1.36.10-1.1");
  assert.equal(pick(entries, "kubelet", "1.34.0"), undefined);
});

test("a source is asked once whether it answers, and the place that does not is named", async () => {
  assert.equal(await unanswered(mirrors()), undefined);
  files.delete("/v2/");
  assert.match((await unanswered(mirrors())) ?? "", /the image registry answers with 404/);
});

test("a place that accepts and never answers is given up after two seconds", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const started = Date.now();
  const packages = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  assert.match(
    (await unanswered({ ...mirrors(), packages })) ?? "",
    /the package repository does not answer/,
  );
  assert.ok(Date.now() - started < 3000);
  silent.closeAllConnections();
  silent.close();
});
