import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { LabwrightError } from "../../src/errors.ts";
import { type LoadOptions, loadLab, parseLab } from "../../src/lab/load.ts";
import { FileProblems } from "../../src/lab/problem.ts";
import type { Lab } from "../../src/lab/types.ts";

const options = { knownPlaybooks: ["cluster", "nginx-nodeport"] };
const folder = mkdtempSync(join(tmpdir(), "labwright-test-"));
after(() => rmSync(folder, { recursive: true }));

function labOf(text: string): Lab {
  const result = parseLab(text, "lab.yaml", options);
  assert.ok("lab" in result, JSON.stringify(result));
  return result.lab;
}

const good = (name: string): Lab =>
  labOf(readFileSync(join(import.meta.dirname, "good", `${name}.yaml`), "utf8"));

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const basics: Lab = {
  name: "basics",
  provider: "docker",
  source: "auto",
  mirrors: {},
  machines: [
    { name: "cp", role: "control-plane", user: "root", sudo: "none" },
    { name: "w1", role: "worker", user: "root", sudo: "none" },
    { name: "w2", role: "worker", user: "root", sudo: "none" },
  ],
  cluster: {
    version: "1.36",
    runtime: "containerd",
    network: {
      plugin: "calico",
      settings: { typha: true },
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/12",
    },
  },
  playbooks: ["cluster", "nginx-nodeport"],
};

test("an empty file, and one of only comments, is the default lab", () => {
  assert.deepEqual(good("empty"), basics);
  assert.deepEqual(good("comments"), basics);
  assert.deepEqual(labOf("{}"), basics);
  assert.deepEqual(labOf("---\n"), basics);
});

test("two labs read share nothing that one could change", () => {
  labOf("").playbooks.push("other");
  assert.deepEqual(labOf(""), basics);
});

test("a version may be unquoted, and given in full; the lab has its minor, or another patch release in full", () => {
  assert.equal(good("version-unquoted").cluster.version, "1.36");
  assert.equal(good("version-in-full").cluster.version, "1.36");
  assert.equal(good("version-older").cluster.version, "1.35");
  assert.equal(good("version-newer-in-full").cluster.version, "1.37");
  assert.equal(good("version-other-patch").cluster.version, "1.36.1");
});

test("a count expands, also a count of one; sudo follows from the user", () => {
  assert.deepEqual(good("jump-hosts").machines, [
    { name: "cp", role: "control-plane", user: "root", sudo: "none" },
    { name: "w1", role: "worker", user: "root", sudo: "none" },
    { name: "jump_host", role: "jump-host", user: "thor", sudo: "passwordless" },
    { name: "stapp01", role: "app-server", user: "tony", sudo: "password", via: "jump_host" },
    { name: "stapp02", role: "app-server", user: "steve", sudo: "passwordless", via: "stapp01" },
    { name: "db", role: "database", user: "root", sudo: "none", via: "jump_host" },
  ]);
});

test("without a pod network, the default is a cluster alone", () => {
  const { cluster, playbooks } = good("without-pod-network");
  assert.deepEqual([cluster.network.plugin, cluster.network.settings, playbooks], ["none", {}, ["cluster"]]);
});

test("networks, mirrors, playbooks and anchors come through", () => {
  const networks = good("networks");
  assert.equal(networks.machineSubnet, "192.168.50.0/24");
  assert.deepEqual(networks.cluster.network, {
    plugin: "calico",
    settings: { typha: false },
    podSubnet: "172.20.0.0/16",
    serviceSubnet: "172.21.0.0/16",
  });
  assert.deepEqual(networks.playbooks, []);
  assert.deepEqual(good("mirrors").mirrors, {
    kubernetes: "http://mirror.example/packages",
    docker: "http://mirror.example/docker-ce",
    debian: "http://mirror.example/debian",
    keys: ["DE15B14486CD377B9E876E1A234654DA9A296436"],
    images: "https://mirror.example:5000",
    manifests: "http://mirror.example/manifests",
  });
  assert.deepEqual(new Set(good("anchors").machines.map(({ user }) => user)), new Set(["lab"]));
  assert.equal(good("one-machine").machines.length, 1);
  assert.equal(good("largest").machines.length, 100);
});

test("a name may replace the file's, and is refused as the option that it came from", async () => {
  const file = written("named.yaml", "name: one\n");
  assert.equal((await loadLab(file, options)).name, "one");
  assert.equal((await loadLab(file, { ...options, name: "two" })).name, "two");
  await assert.rejects(loadLab(file, { ...options, name: "Two" }), {
    code: "lab-name",
    message: '--name: the lab\'s name "Two" cannot be a host name',
    remedy: /^Write two:/,
    exit: 2,
  });
});

test("loadLab throws one error that lists every problem with its place and remedy", async () => {
  const path = written("bad.yaml", "nmae: x\nprovider: qemu\n");
  await assert.rejects(loadLab(path, options), (error) => {
    assert.ok(error instanceof FileProblems);
    assert.equal(error.code, "lab-file");
    assert.equal(error.exit, 2);
    assert.equal(error.problems.length, 2);
    assert.match(
      error.message,
      new RegExp(
        `^${path}:1:1: .*"nmae"\\n +Did you mean name.*\\n${path}:2:11: .*qemu.*\\n +Use one of: docker.*$`,
      ),
    );
    return true;
  });
});

test("loadLab reads what there is", async () => {
  assert.deepEqual(await loadLab(written("empty.yaml", ""), options), basics);
});

test("who logs in where the file names no user is asked once, for each machine, and decides about sudo", async () => {
  const file = written(
    "users.yaml",
    `provider: docker
machines:
  - { name: cp, role: control-plane }
  - { name: w, role: worker, count: 2 }
  - { name: own, role: worker, user: root }
`,
  );
  const asked: unknown[] = [];
  const loginUsers: LoadOptions["loginUsers"] = async ({ provider, machines }) => {
    asked.push([provider, ...machines.map(({ name }) => name)]);
    return new Map([
      ["w2", "steve"],
      ["own", "tony"],
    ]);
  };
  const { machines } = await loadLab(file, { ...options, loginUsers });
  assert.deepEqual(asked, [["docker", "cp", "w1", "w2", "own"]]);
  assert.deepEqual(
    machines.map(({ name, user, sudo }) => [name, user, sudo]),
    [
      ["cp", "root", "none"],
      ["w1", "root", "none"],
      ["w2", "steve", "passwordless"],
      ["own", "root", "none"],
    ],
  );
});

test("a lab stays equal when it is written as JSON and read again", () => {
  for (const file of readdirSync(join(import.meta.dirname, "good"))) {
    const lab = good(basename(file, ".yaml"));
    assert.ok(isDeepStrictEqual(JSON.parse(JSON.stringify(lab)), lab), file);
  }
});

const unreadable: [string, () => string, RegExp][] = [
  ["a missing file", () => join(folder, "missing.yaml"), /missing\.yaml does not exist/],
  ["a folder", () => folder, /is a folder/],
  ["a file of 2 MB", () => written("large.yaml", `# ${"x".repeat(2e6)}`), /larger than a mebibyte/],
  [
    "a program",
    () => written("program", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 255)),
    /is not text in UTF-8/,
  ],
  ["UTF-16", () => written("utf16.yaml", Buffer.from("\ufeffname: x", "utf16le")), /is not text in UTF-8/],
];

for (const [what, path, message] of unreadable) {
  test(`loadLab refuses ${what}, with a remedy`, async () => {
    await assert.rejects(loadLab(path(), options), (error) => {
      assert.ok(error instanceof LabwrightError);
      assert.deepEqual([error.code, error.exit], ["lab-file", 2]);
      assert.match(error.message, message);
      assert.notEqual(error.remedy, "");
      return true;
    });
  });
}

test("every proposed network is free: the file with the proposals in it is right", () => {
  const subnets = [
    "10.0.0.0/8",
    "10.96.0.0/12",
    "10.96.0.0/16",
    "10.128.0.0/10",
    "172.16.0.0/12",
    "10.244.0.0/22",
    "10.89.3.0/28",
    "192.168.0.0/16",
    "96.0.0.0/4",
  ];
  const key = { 2: "machine", 5: "pod", 6: "service" };
  const textOf = (nets: Record<string, string>): string =>
    `network:\n  subnet: ${nets.machine}\ncluster:\n  network:\n    podSubnet: ${nets.pod}\n    serviceSubnet: ${nets.service}\n`;
  let refused = 0;
  for (const machine of subnets)
    for (const pod of subnets)
      for (const service of subnets) {
        const nets: Record<string, string> = { machine, pod, service };
        const first = parseLab(textOf(nets), "lab.yaml", options);
        if ("lab" in first) continue;
        refused += 1;
        for (const { line, remedy } of first.problems) {
          const name = Object.entries(key).find(([at]) => Number(at) === line)?.[1] ?? "";
          nets[name] = /[\d./]+$/.exec(remedy)?.[0] ?? "none";
        }
        labOf(textOf(nets));
      }
  assert.ok(refused > 500, `${refused}`);
});
