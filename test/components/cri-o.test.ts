import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { writeArchive } from "../../src/artifacts/images/archive.ts";
import { files } from "../../src/components/runtime/cri-o/files.ts";
import { images } from "../../src/components/runtime/cri-o/images.ts";
import { origins } from "../../src/components/runtime/cri-o/places.ts";
import type { Command } from "../../src/hosts/sh.ts";
import { defaultLab } from "../../src/lab/expand.ts";

let folder: string;
const node = { systemdCgroup: true, lowersOomScore: true, onBtrfs: false };

before(() => {
  folder = mkdtempSync(join(tmpdir(), "labwright-cri-o-"));
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program("runc", 'echo "runc $*"');
  program("copyimg", `echo "$*" >>${folder}/copied`);
  program(
    "crictl",
    "printf '%s\\n' 'IMAGE  TAG  IMAGE ID  SIZE' 'labwright/web  1  abc  1MB' 'quay.io/calico/node  v3.31.0  def  2MB'",
  );
  writeFileSync(join(folder, "oci-runtime"), files.ociRuntime.text(), { mode: 0o755 });
});
after(() => rmSync(folder, { recursive: true }));

const environment = () => ({ ...process.env, PATH: `${folder}:${process.env.PATH}` });

/** Runs a machine's command with the programs of the folder. */
const run = (command: Command): string =>
  execFileSync(
    "sh",
    [
      "-c",
      command.reveal().replaceAll("/usr/local/bin/", `${folder}/`).replaceAll(origins, `${folder}/origins`),
    ],
    { encoding: "utf8", env: environment() },
  );

interface Configuration {
  process: { oomScoreAdj: number; env: string[]; capabilities: { bounding: string[]; effective: string[] } };
  linux: { resources: { hugepageLimits: object[] } };
}

/** What the script before runc makes of a container's configuration. */
function madeOf(configuration: Configuration, ...args: string[]): { printed: string; made: Configuration } {
  const file = join(folder, "config.json");
  // As CRI-O writes it: many lines, with tabs.
  writeFileSync(file, JSON.stringify(configuration, undefined, "\t"));
  const printed = execFileSync(join(folder, "oci-runtime"), args, { encoding: "utf8", env: environment() });
  return { printed, made: JSON.parse(readFileSync(file, "utf8")) };
}

const own = Number(readFileSync("/proc/self/oom_score_adj", "utf8"));
const hasHugetlb = ["/proc/mounts", "/sys/fs/cgroup/cgroup.controllers"].some((file) => {
  try {
    return /\bhugetlb\b/.test(readFileSync(file, "utf8"));
  } catch {
    return false;
  }
});
const wanted = (oomScoreAdj: number): Configuration => ({
  process: {
    oomScoreAdj,
    env: [`{"oomScoreAdj":${oomScoreAdj}} "CAP_SYS_RESOURCE"`],
    capabilities: { bounding: ["CAP_SYS_RESOURCE", "CAP_CHOWN", "CAP_BPF"], effective: ["CAP_SYS_RESOURCE"] },
  },
  linux: { resources: { hugepageLimits: [{ pageSize: "2MB", limit: 0 }] } },
});

test("before runc: a new container asks for no lower oom_score_adj than is possible, and for limits that are there", () => {
  for (const args of [
    ["--root=/run/runc", "create", "--bundle", folder, "--pid-file", "/run/x/pid", "id"],
    ["create", `--bundle=${folder}`, "id"],
    ["create", "-b", folder, "id"],
  ]) {
    const { printed, made } = madeOf(wanted(own - 5), ...args);
    assert.equal(printed, `runc ${args.join(" ")}\n`);
    assert.equal(made.process.oomScoreAdj, own);
    assert.deepEqual(made.process.env, wanted(own - 5).process.env, "a text within is not changed");
    assert.equal(made.linux.resources.hugepageLimits.length, hasHugetlb ? 1 : 0);
  }
});

/** The capabilities that a program of this computer may have at all, as /proc/self/status names them. */
const bounding = BigInt(
  `0x${/^CapBnd:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`,
);
const isThere = (capability: string): boolean =>
  ((bounding >> BigInt({ CAP_SYS_RESOURCE: 24, CAP_CHOWN: 0, CAP_BPF: 39 }[capability] ?? 63)) & 1n) === 1n;

test("before runc: a privileged container asks for no capability that the machine does not have", () => {
  const { capabilities } = madeOf(wanted(own), "create", "--bundle", folder, "id").made.process;
  const asked = wanted(own).process.capabilities;
  assert.deepEqual(capabilities, {
    bounding: asked.bounding.filter(isThere),
    effective: asked.effective.filter(isThere),
  });
});

test("before runc: nor does a command in such a container, by a probe or a hook", () => {
  const { process } = madeOf(wanted(own), "exec", "--process", join(folder, "config.json"), "id").made;
  assert.deepEqual(process.capabilities.effective, ["CAP_SYS_RESOURCE"].filter(isThere));
});

test("before runc: a higher oom_score_adj stays, and other commands change nothing", () => {
  const args = ["create", "--bundle", folder, "id"];
  assert.equal(madeOf(wanted(own + 5), ...args).made.process.oomScoreAdj, own + 5);
  assert.deepEqual(madeOf(wanted(own - 5), "delete", "--bundle", folder, "id").made, wanted(own - 5));
});

test("an archive is imported image by image, under the names that it has", async () => {
  const image = (name: string) => ({ name, config: { Env: [] }, layers: [] });
  const names = ["registry.k8s.io/pause:3.10.2", "registry.k8s.io/etcd:3.6.8-0"];
  await writeArchive(names.map(image), { os: "linux", arch: "amd64" }, folder);
  const archive = join(folder, "images.tar");
  run(images.import(archive));
  const copied = readFileSync(join(folder, "copied"), "utf8").trim().split("\n");
  assert.deepEqual(
    copied.map((line) => line.replace(/^.*--import-from /, "")),
    names.map((name) => `docker-archive:${archive}:${name} --image-name ${name}`),
  );
});

test("images are listed by name and tag, and by what they were noted to be made from", () => {
  assert.equal(run(images.list()), "labwright/web:1\nquay.io/calico/node:v3.31.0\n");
  const pinned = (madeFrom: string) => images.pin(madeFrom).reveal();
  const pin = (madeFrom: string) =>
    execFileSync("sh", [
      "-c",
      `name=labwright/web:1; ${pinned(madeFrom).replaceAll(origins, `${folder}/origins`)}`,
    ]);
  pin("old");
  assert.equal(run(images.list("old")), "labwright/web:1\n");
  pin("new");
  assert.equal(run(images.list("old")), "");
  assert.equal(run(images.list("new")), "labwright/web:1\n");
});

test("the mirror stands before every registry that a lab's images come from, unverified only without TLS", () => {
  const text = (mirror: string | undefined) =>
    files.registries.text({ ...defaultLab(), mirrors: mirror === undefined ? {} : { images: mirror } });
  // A name without a registry, such as nginx, is docker.io's, as with the other runtimes.
  for (const mirror of [undefined, "http://10.0.0.1:5000"])
    assert.match(text(mirror) ?? "", /^unqualified-search-registries = \["docker.io"\]$/m);
  assert.doesNotMatch(text(undefined) ?? "", /mirror =|registry[.]mirror/);
  assert.deepEqual(
    text("http://10.0.0.1:5000")?.match(/^insecure = .*$/gm),
    Array(4).fill("insecure = true"),
  );
  assert.deepEqual(
    text("https://mirror.example")?.match(/^location = .*$/gm),
    ["docker.io", "ghcr.io", "quay.io", "registry.k8s.io"].flatMap((one) => [
      `location = "${one}"`,
      'location = "mirror.example"',
    ]),
  );
});

test("cgroup drivers: systemd with cgroup v2, cgroupfs without, as the kubelet's", () => {
  const config = (systemdCgroup: boolean) => files.config.text(defaultLab(), { ...node, systemdCgroup });
  assert.match(config(true), /cgroup_manager = "systemd"[\s\S]*monitor_cgroup = "system\.slice"/);
  assert.match(config(false), /cgroup_manager = "cgroupfs"[\s\S]*monitor_cgroup = "pod"/);
});
