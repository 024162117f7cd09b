import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { addonNamed } from "../src/components/addon/addons.ts";
import { calicoVersion } from "../src/components/network/calico/release.ts";
import { containerdRange } from "../src/components/runtime/containerd/release.ts";
import { addons } from "../src/lab/available.ts";
import { aws } from "../src/providers/pulumi/aws/definition.ts";
import { oldest as oldestPulumi } from "../src/providers/pulumi/engine.ts";
import { hetzner } from "../src/providers/pulumi/hetzner/definition.ts";
import { baseDistribution, defaultMinor, kubernetesMinors, releaseRanges } from "../src/versions.ts";

const root = join(import.meta.dirname, "..");
const minors = Object.keys(kubernetesMinors);
const { id, codename } = baseDistribution;
const engine = oldestPulumi.version;
const engineMinor = `${oldestPulumi.major}.${oldestPulumi.minor}`;

/** The first and the last minor release of a range of semver: `2.2 to 2.4` of `>=2.2.0 <2.5.0`. */
function span(range: string): { from: string; to: string } {
  const [, from = "", major = "", after = ""] = /^>=(\d+\.\d+)\.0 <(\d+)\.(\d+)\.0$/.exec(range) ?? [];
  return { from, to: `${major}.${Number(after) - 1}` };
}
const containerd = span(containerdRange);

/** What other files state, which cannot read it from where it stands: each match of a pattern, and what its group has to be. */
const stated: readonly (readonly [file: string, pattern: RegExp, expected: string])[] = [
  ["Vagrantfile", /debian\/(\w+)64\b/g, codename],
  ["Vagrantfile", /\|\| "(\w+:\w+)"/g, `${id}:${codename}`],
  ["infra/vagrant/Dockerfile", /^ARG BASE=(\S+)$/gm, `${id}:${codename}`],
  ["docs/environment.md", /debian\/(\w+)64\b/g, codename],
  ["docs/providers.md", /debian\/(\w+)64\b/g, codename],
  ["docs/proxies.md", /`debian:(\w+)`/g, codename],
  ["lab.yaml", /^ {2}version: "(.*)"$/gm, defaultMinor],
  ["docs/lab-file.md", /\| `cluster\.version` \|.*\| `"(.*)"` \|$/gm, defaultMinor],
  [
    "docs/lab-file.md",
    /\| `cluster\.version` \| .*: (.*), or in full/gm,
    minors.map((one) => `\`"${one}"\``).join(", "),
  ],
  ["docs/versions.md", /\*\*The default is `"(.*)"`\*\*/g, defaultMinor],
  [
    "README.md",
    /chooses Kubernetes (.*),? \(the default\)/g,
    minors.slice(0, minors.indexOf(defaultMinor) + 1).join(", "),
  ],
  ["docs/versions.md", /run Calico (\d\.\d+)\./g, calicoVersion.replace(/\.\d+$/, "")],
  ["docs/sources.md", /core:\/stable:\/v(\S+)\/deb/g, defaultMinor],
  ["docs/sources.md", /\/v(\S+)\/manifests\/calico/g, calicoVersion],
  ["docs/sources.md", /containerd (\d\S+) to/g, containerd.from],
  ["docs/sources.md", /containerd \S+ to (\d\S+),/g, containerd.to],
  ["docs/sources.md", /CNI plugins (\d\S+) and/g, span(releaseRanges["cni-plugins"]).from],
  ["docs/sources.md", /Docker Compose (\d\S+) and/g, span(releaseRanges["docker-compose"]).from],
  ...addons.supported.map(
    (name) =>
      [
        "docs/lab-file.md",
        new RegExp(`^\\| \`${name}\` \\|.*\\| (.*) \\|$`, "gm"),
        addonNamed(name).version,
      ] as const,
  ),
  ["docs/cloud.md", /Pulumi (\d\S+) or newer/g, engineMinor],
  ["docs/cloud.md", /plugin install resource aws (\S+)`/g, aws.plugin.version],
  ["infra/modules/pulumi/build.json", /"version": "(.*)"/g, engine],
  ["infra/modules/pulumi/build.json", /common\/version\.Version": "v(.*)"/g, engine],
  ["infra/modules/pulumi/go.mod", /pulumi\/(?:pkg|sdk)\/v3 v(\S+)/g, engine],
  [
    "infra/modules/pulumi/cmd/pulumi-resource-hcloud/main.go",
    /^const version = "(.*)"$/gm,
    hetzner.plugin.version,
  ],
  ["package.json", /"@pulumi\/hcloud": "(.*)"/g, hetzner.plugin.version],
  ["package.json", /"@pulumi\/aws": "(.*)"/g, aws.plugin.version],
];

for (const [file, pattern, expected] of stated)
  test(`${file} states ${expected} wherever ${pattern.source} matches`, () => {
    const found = [...readFileSync(join(root, file), "utf8").matchAll(pattern)];
    assert.ok(found.length > 0, "it is nowhere");
    for (const [text, ...groups] of found) assert.equal(groups.find(Boolean), expected, text);
  });

test("docs/versions.md has the table of versions", () => {
  const rows = readFileSync(join(root, "docs/versions.md"), "utf8").matchAll(/^\| `"(.*)"` \| (.*) \|$/gm);
  assert.deepEqual(
    [...rows].map(([, minor, releases]) => [minor, ...(releases?.split(" | ") ?? [])]),
    Object.entries(kubernetesMinors).map(([minor, { kubernetes, etcd, coredns, pause }]) => [
      ...[minor, kubernetes, etcd, coredns, pause],
    ]),
  );
});

test("Pulumi's library has the major release of its engine, and is not older", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const library: string = dependencies["@pulumi/pulumi"];
  assert.equal(library.split(".")[0], String(oldestPulumi.major));
  assert.ok(oldestPulumi.compare(library) <= 0, library);
});
