import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { dockerRepository } from "./packages/docker.ts";
import { kubernetesRepository } from "./packages/kubernetes.ts";
import { makeSigningKey, type SigningKey } from "./packages/release.ts";
import { serve } from "./serve.ts";

const run = promisify(execFile);

/** The imitation is right where apt itself takes it: signatures, sums, layout, packages. */
let folder: string;
let key: SigningKey;
let site: Awaited<ReturnType<typeof serve>>;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "labwright-apt-"));
  key = await makeSigningKey("Test");
  const files = [
    ...(await kubernetesRepository({ key })),
    ...(await dockerRepository({ key, compression: "zstd" })),
  ];
  site = await serve(new Map(files));
  for (const part of ["state/lists/partial", "cache/archives/partial", "etc/sources.list.d"])
    mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, "key.asc"), key.armored);
  writeFileSync(join(folder, "state/status"), "");
  const signed = `signed-by=${folder}/key.asc`;
  writeFileSync(
    join(folder, "etc/sources.list"),
    `deb [${signed}] ${site.url}/core:/stable:/v1.36/deb/ /\ndeb [${signed}] ${site.url}/linux/debian bookworm stable\n`,
  );
});
after(() => {
  site.close();
  rmSync(folder, { recursive: true, force: true });
});

async function apt(
  program: "apt-get" | "apt-cache",
  architecture: string,
  ...words: string[]
): Promise<string> {
  const options = [
    `Dir::Etc=${folder}/etc`,
    "Dir::Etc::sourceparts=-",
    `Dir::State=${folder}/state`,
    `Dir::State::status=${folder}/state/status`,
    `Dir::Cache=${folder}/cache`,
    `APT::Architecture=${architecture}`,
    `APT::Architectures::=${architecture}`,
    "APT::Sandbox::User=",
    "Acquire::http::Proxy=false",
    "Acquire::Languages=none",
  ];
  const flags = options.flatMap((option) => ["-o", option]);
  const { stdout } = await run(program, [...flags, ...words], { cwd: folder });
  return stdout;
}

test("apt verifies the signatures and finds each processor's newest packages", async () => {
  for (const architecture of ["amd64", "arm64"]) {
    await apt("apt-get", architecture, "update", "-qq");
    const policy = await apt(
      "apt-cache",
      architecture,
      "policy",
      "kubeadm",
      "containerd.io",
      "docker-compose-plugin",
    );
    assert.match(policy, /kubeadm:\n.*\n {2}Candidate: 1\.36\.3-2\.1/);
    assert.match(policy, /containerd\.io:\n.*\n {2}Candidate: 2\.4\.1-2~debian\.12~bookworm/);
    assert.match(policy, /2\.40\.3-1~debian\.12~bookworm/);
  }
});

test("a package that apt downloads has a program for its processor in it", async () => {
  for (const [architecture, machine] of [
    ["amd64", 62],
    ["arm64", 183],
  ] as const) {
    await apt("apt-get", architecture, "update", "-qq");
    await apt("apt-get", architecture, "download", "-qq", "kubelet=1.36.2-2.1", "containerd.io");
    const version = "2.4.1-2~debian.12~bookworm";
    for (const [archive, program] of [
      [`kubelet_1.36.2-2.1_${architecture}.deb`, "kubelet"],
      [`containerd.io_${version}_${architecture}.deb`, "runc"],
    ] as const) {
      const out = join(folder, `out-${program}-${architecture}`);
      await run("dpkg-deb", ["--extract", join(folder, archive), out]);
      const elf = readFileSync(join(out, "usr/bin", program));
      assert.equal(elf.readUInt16LE(18), machine);
    }
  }
});

test("the flat index has the four processors of each release together, in upstream's order", () => {
  const index = site.files.get("/core:/stable:/v1.36/deb/Packages")?.toString() ?? "";
  const files = [...index.matchAll(/^Filename: (.*)$/gm)].map(([, file]) => file);
  const kubeadm = files.filter((file) => file?.includes("/kubeadm_"));
  assert.deepEqual(kubeadm.slice(0, 5), [
    "amd64/kubeadm_1.36.1-1.1_amd64.deb",
    "ppc64el/kubeadm_1.36.1-1.1_ppc64el.deb",
    "arm64/kubeadm_1.36.1-1.1_arm64.deb",
    "s390x/kubeadm_1.36.1-1.1_s390x.deb",
    "amd64/kubeadm_1.36.2-2.1_amd64.deb",
  ]);
});

test("an index that was changed after it was signed is refused", async () => {
  const path = "/linux/debian/dists/bookworm/stable/binary-amd64/Packages.gz";
  const whole = site.files.get(path);
  assert.ok(whole);
  site.files.set(path, Buffer.concat([whole, Buffer.from("x")]));
  site.files.delete("/linux/debian/dists/bookworm/stable/binary-amd64/Packages");
  rmSync(join(folder, "state/lists"), { recursive: true });
  mkdirSync(join(folder, "state/lists/partial"), { recursive: true });
  await assert.rejects(apt("apt-get", "amd64", "update", "-qq"), /Hash Sum|File has unexpected size/);
  site.files.set(path, whole);
});
