import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { readKey } from "openpgp";
import { startRun } from "../../../src/activity/tree.ts";
import { openCache } from "../../../src/artifacts/cache.ts";
import { type ChoiceStore, passingChoices } from "../../../src/artifacts/choices.ts";
import type { ProgramSet } from "../../../src/artifacts/program-set.ts";
import type { Programs } from "../../../src/artifacts/types.ts";
import { asking, unreachable } from "../../../src/artifacts/upstream/reachable.ts";
import { upstreamSource } from "../../../src/artifacts/upstream/source.ts";
import { clusterNeeds } from "../../../src/components/needs.ts";
import { calicoManifest } from "../../../src/components/network/calico/release.ts";
import { containerdPrograms } from "../../../src/components/runtime/containerd/release.ts";
import { LabwrightError } from "../../../src/errors.ts";
import type { Architecture } from "../../../src/hosts/architecture.ts";
import { persistence } from "../../../src/http/download.ts";
import { kubernetesImages } from "../../../src/kubernetes/images.ts";
import {
  cniPlugins,
  crictl,
  kubernetesNode,
  kubernetesNodeBefore,
} from "../../../src/kubernetes/program-sets.ts";
import { defaultLab } from "../../../src/lab/expand.ts";
import type { Files } from "../../upstream/packages/deb.ts";
import { type DockerOptions, dockerRepository } from "../../upstream/packages/docker.ts";
import { kubernetesRepository } from "../../upstream/packages/kubernetes.ts";
import { makeSigningKey, type SigningKey } from "../../upstream/packages/release.ts";
import { serve } from "../../upstream/serve.ts";

/** Upstream's repositories as they are laid out in public; FACTS.md in test/upstream has the sources. */
let folder: string;
let key: SigningKey;
let trusted: string;
let kubernetes: Files;
let docker: Files;
let site: Awaited<ReturnType<typeof serve>>;
let choices: ChoiceStore;
const earlier = process.env.XDG_CACHE_HOME;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "labwright-upstream-"));
  process.env.XDG_CACHE_HOME = folder;
  persistence.pause = 5;
  key = await makeSigningKey("Test");
  trusted = (await readKey({ armoredKey: key.armored })).getFingerprint().toUpperCase();
  kubernetes = await kubernetesRepository({ key });
  docker = await dockerRepository({ key });
  site = await serve(new Map());
});
after(() => {
  site.close();
  persistence.pause = 1000;
  if (earlier === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = earlier;
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  site.rules.length = 0;
  site.asked.length = 0;
  site.files.clear();
  for (const [path, content] of [...kubernetes, ...docker]) site.files.set(path, content);
  choices = passingChoices();
});

const withDocker = async (options: DockerOptions): Promise<void> => {
  for (const path of docker.keys()) site.files.delete(path);
  for (const [path, content] of await dockerRepository({ key, ...options })) site.files.set(path, content);
};
const mirrors = (keys: string[] = [trusted]) => ({
  kubernetes: site.url,
  docker: site.url,
  debian: site.url,
  images: site.url,
  manifests: site.url,
  keys,
});
const source = (keys?: string[], kubernetesVersion = "1.36") =>
  upstreamSource({
    cache: openCache(mkdtempSync(join(folder, "cache-"))),
    kubernetesVersion,
    mirrors: mirrors(keys),
    choices,
  });

const programs = (
  set: ProgramSet,
  architecture: Architecture = "amd64",
  keys?: string[],
): Promise<Programs> =>
  startRun("test", [], (activity) =>
    source(keys).programs(
      set,
      { architecture, distribution: { id: "debian", codename: "bookworm" } },
      activity,
    ),
  );
const platform = { architecture: "amd64", distribution: { id: "debian", codename: "bookworm" } } as const;
const codeOf = (code: string) => (error: unknown) => error instanceof LabwrightError && error.code === code;
const names = ({ files }: Programs) => files.map(({ name }) => name);
const machineOf = async ({ files }: Programs) =>
  Promise.all(files.map(async ({ path }) => (await readFile(path)).readUInt16LE(18)));

test("programs are for the machine's processor, not for the last one in the index", async () => {
  assert.deepEqual(await machineOf(await programs(kubernetesNode, "amd64")), [62, 62, 62]);
  assert.deepEqual(await machineOf(await programs(kubernetesNode, "arm64")), [183, 183, 183]);
  assert.deepEqual([...new Set(await machineOf(await programs(containerdPrograms, "arm64")))], [183]);
});

test("a set has its programs and nothing else: no licences among the CNI plugins", async () => {
  assert.deepEqual(names(await programs(kubernetesNode)), ["kubeadm", "kubectl", "kubelet"]);
  assert.deepEqual(names(await programs(containerdPrograms)), [
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "runc",
  ]);
  const plugins = names(await programs(cniPlugins));
  assert.ok(plugins.includes("portmap") && !plugins.includes("LICENSE"), plugins.join());
});

test("the newest revision of the Kubernetes release is taken, and the newest containerd in the range", async () => {
  await programs(kubernetesNode);
  const { version } = await programs(containerdPrograms);
  assert.equal(version, "2.4.1");
  assert.deepEqual((await choices.read()).packages, {
    "kubernetes-node": { kubeadm: "1.36.3-2.1", kubelet: "1.36.3-2.1", kubectl: "1.36.3-2.1" },
    containerd: { "containerd.io": "2.4.1-2~debian.12~bookworm" },
  });
});

test("the programs of the release before come from that one's repository, and are another choice", async () => {
  const set = { ...kubernetesNodeBefore, ofVersion: () => "1.36" };
  const ask = (version: string, wanted: ProgramSet) =>
    startRun("test", [], (activity) => source([trusted], version).programs(wanted, platform, activity));
  assert.equal((await ask("1.37", set)).version, "1.36.3");
  const asked = site.asked.map(({ path }) => path);
  assert.ok(
    asked.some((path) => path.includes("/v1.36/")) && !asked.some((path) => path.includes("/v1.37/")),
    asked.join(),
  );
  assert.deepEqual(Object.keys((await choices.read()).packages), ["kubernetes-node-before"]);
  assert.equal(kubernetesNodeBefore.ofVersion?.("1.36.1"), "1.35");
});

test("a lab that names another patch release has its programs and images, or is told which there are", async () => {
  const ask = (version: string) =>
    startRun("test", [], (activity) =>
      source([trusted], version).programs(kubernetesNode, platform, activity),
    );
  assert.equal((await ask("1.36.2")).version, "1.36.2");
  const images = await startRun("test", [], (activity) =>
    source([trusted], "1.36.2").images(kubernetesImages, "amd64", activity),
  );
  assert.ok(images.names.includes("registry.k8s.io/kube-proxy:v1.36.2"), images.names.join());
  await assert.rejects(
    ask("1.36.99"),
    (error) =>
      codeOf("package-missing")(error) &&
      /of the release 1\.36\.99 for amd64 .*; it lists .*1\.36\.2-2\.1/.test(
        (error as LabwrightError).message,
      ),
  );
});

test("a package that is listed and answers 404 gives way to the one before it", async () => {
  site.rules.push({ path: /containerd\.io_2\.4\.1/, fault: { status: 404 } });
  assert.equal((await programs(containerdPrograms)).version, "2.3.6");
  assert.deepEqual((await choices.read()).packages.containerd, {
    "containerd.io": "2.3.6-1~debian.12~bookworm",
  });
});

test("what a lab has taken it takes again, also when there is something newer", async () => {
  await programs(containerdPrograms);
  await withDocker({ containerd: ["2.3.6-1", "2.4.1-2", "2.4.5-1"] });
  assert.equal((await programs(containerdPrograms)).version, "2.4.1");
  await withDocker({ containerd: ["2.3.6-1", "2.4.5-1"] });
  assert.equal(
    (await programs(containerdPrograms)).version,
    "2.4.5",
    "it is gone: the newest one takes its place",
  );
});

test("what is taken and in the cache asks nobody", async () => {
  const { programs: ask } = source();
  const once = () => startRun("test", [], (activity) => ask(crictl, platform, activity));
  const first = await once();
  site.asked.length = 0;
  assert.deepEqual(await once(), first);
  assert.deepEqual(site.asked, []);
});

test("no release in the range is an error that says what there is", async () => {
  await withDocker({ containerd: ["1.7.27-1", "2.1.5-1"] });
  await assert.rejects(
    programs(containerdPrograms),
    (error) =>
      error instanceof LabwrightError &&
      error.code === "package-missing" &&
      /containerd\.io of the release >=2\.2\.0 <2\.5\.0 for amd64 .*; it lists 1\.7\.27-1, 2\.1\.5-1/.test(
        error.message,
      ),
  );
});

test("packages compressed with zstd are read as those with xz", async () => {
  await withDocker({ compression: "zstd" });
  assert.deepEqual(await machineOf(await programs(containerdPrograms)), [62, 62, 62, 62]);
});

test("a repository that another key has signed is refused, and so is a changed one", async () => {
  await assert.rejects(programs(crictl, "amd64", []), codeOf("repository-untrusted"));
  const path = "/core:/stable:/v1.36/deb/InRelease";
  const changed =
    site.files
      .get(path)
      ?.toString()
      .replace(/[0-9a-f]{64}/, "0".repeat(64)) ?? "";
  site.files.set(path, Buffer.from(changed));
  await assert.rejects(programs(crictl), codeOf("repository-untrusted"));
});

test("a package that is not what the signed index describes is refused, and nothing of it is kept", async () => {
  const path = [...site.files.keys()].find((name) => /amd64\/kubelet_1\.36\.3-2\.1/.test(name)) ?? "";
  site.files.set(path, Buffer.from("something else"));
  await assert.rejects(programs(kubernetesNode), codeOf("checksum-wrong"));
  const kept = readdirSync(join(folder, "labwright/artifacts/downloads"));
  assert.deepEqual(
    kept.filter((name) => name.endsWith(".part")),
    [],
  );
});

test("a set that was cut short goes on behind the packages that were fetched whole", async () => {
  rmSync(join(folder, "labwright/artifacts/downloads"), { recursive: true, force: true });
  site.rules.push({ path: /amd64\/kubelet_.*deb$/, fault: { status: 500 }, times: persistence.tries });
  await assert.rejects(programs(kubernetesNode), codeOf("download-failed"));
  await programs(kubernetesNode);
  assert.equal(site.asked.filter(({ path }) => /kubeadm_.*deb$/.test(path)).length, 1);
  assert.deepEqual(readdirSync(join(folder, "labwright/artifacts/downloads")), []);
});

test("redirects to another host, one 429 and a broken connection end in the same programs", async () => {
  const other = await serve(site.files);
  site.rules.push(
    { path: /Packages$/, fault: { redirect: other.url } },
    { path: /cri-tools.*deb$/, fault: { status: 429, headers: { "retry-after": "0" } }, times: 1 },
    { path: /cri-tools.*deb$/, fault: { cutAfter: 100 }, times: 1 },
  );
  assert.deepEqual(names(await programs(crictl)), ["crictl"]);
  assert.ok(other.asked.some(({ path }) => path.endsWith("Packages")));
  const fetched = site.asked.filter(({ path }) => /cri-tools.*deb$/.test(path));
  assert.equal(fetched.map(({ status }) => status).join(), "429,200,206", "it goes on behind the last byte");
  other.close();
});

test("a login page in place of a manifest is never cached", async () => {
  site.rules.push({ path: /manifests/, fault: { loginPage: true } });
  const manifest = () => startRun("test", [], (activity) => source().manifest(calicoManifest, activity));
  await assert.rejects(manifest(), codeOf("checksum-wrong"));
});

test("every host is asked, any answer but 403 and 5xx will do, and the first that refuses is named", async () => {
  site.rules.push({ path: /manifests/, fault: { status: 404 } }, { path: /\/v2\//, fault: { status: 429 } });
  assert.equal(await unreachable("1.36", clusterNeeds(defaultLab().cluster), mirrors()), undefined);
  assert.ok(site.asked.some(({ path }) => path.startsWith("/linux/debian")));
  site.rules.unshift({ path: /linux\/debian/, fault: { status: 403 } });
  assert.match(
    (await unreachable("1.36", clusterNeeds(defaultLab().cluster), mirrors())) ?? "",
    /Docker's package repository \(127\.0\.0\.1:\d+\) answers with 403/,
  );
  site.rules.unshift({ path: /linux\/debian/, fault: { status: 503 }, times: 1 });
  site.rules.splice(1, 1);
  assert.equal(
    await unreachable("1.36", clusterNeeds(defaultLab().cluster), mirrors()),
    undefined,
    "the second try counts",
  );
});

test("a host that accepts and never answers is given up after two tries", async () => {
  // A busy computer needs more than a tenth of a second for the answers of the others.
  asking.patience = 1000;
  site.rules.push({ path: /manifests/, fault: { delay: 5000 } });
  assert.match(
    (await unreachable("1.36", clusterNeeds(defaultLab().cluster), mirrors())) ?? "",
    /the manifest of calico \(127\.0\.0\.1:\d+\) does not answer within 1 s/,
  );
  asking.patience = 10_000;
});
