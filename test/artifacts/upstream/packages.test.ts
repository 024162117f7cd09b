import assert from "node:assert/strict";
import { test } from "node:test";
import { candidates, parsePackages, releaseIn } from "../../../src/artifacts/upstream/packages.ts";

/** One flat index for all processors, in the order of the Kubernetes repository. */
const index = (version: string, order = ["amd64", "ppc64el", "arm64", "s390x"]): string =>
  order
    .map(
      (one) =>
        `Package: kubelet\nVersion: ${version}\nArchitecture: ${one}\nFilename: ${one}/kubelet_${version}_${one}.deb\nSize: 12\nSHA256: ${"0".repeat(64)}\nDescription: Node agent\n of Kubernetes\n`,
    )
    .join("\n");

const files = (text: string, range = "1.36.3", architecture: "amd64" | "arm64" = "amd64") =>
  candidates(parsePackages(text), { name: "kubelet", range, architecture }).map(({ file }) => file);

test("of an index with four processors the machine's own is taken, in whatever order they stand", () => {
  const text = index("1.36.3-1.1");
  assert.deepEqual(files(text), ["amd64/kubelet_1.36.3-1.1_amd64.deb"]);
  assert.deepEqual(files(text, "1.36.3", "arm64"), ["arm64/kubelet_1.36.3-1.1_arm64.deb"]);
  const reversed = index("1.36.3-1.1", ["s390x", "arm64", "ppc64el", "amd64"]);
  assert.deepEqual(files(reversed), ["amd64/kubelet_1.36.3-1.1_amd64.deb"]);
});

test("packages for all processors fit too", () => {
  assert.deepEqual(files(index("1.36.3-1.1", ["all"])), ["all/kubelet_1.36.3-1.1_all.deb"]);
});

test("the newest release in the range comes first, and of that the newest revision", () => {
  const versions = ["1.36.3-1.1", "1.36.3-2.1", "1.36.10-1.1", "1.36.9-1.1", "1.35.9-1.1", "1.36.3-10.1"];
  const text = versions.map((version) => index(version, ["amd64"])).join("\n");
  const found = (range: string) => files(text, range).map((file) => /_(.*)_/.exec(file)?.[1]);
  assert.deepEqual(found(">=1.36.0 <1.37.0"), [
    "1.36.10-1.1",
    "1.36.9-1.1",
    "1.36.3-10.1",
    "1.36.3-2.1",
    "1.36.3-1.1",
  ]);
  assert.deepEqual(found("1.36.3"), ["1.36.3-10.1", "1.36.3-2.1", "1.36.3-1.1"]);
  assert.deepEqual(found("1.34.0"), []);
});

test("the release is found in each form of a Debian version", () => {
  assert.equal(releaseIn("2.4.1-2~debian.12~bookworm"), "2.4.1");
  assert.equal(releaseIn("5:29.9.0-1~debian.12~bookworm"), "29.9.0");
  assert.equal(releaseIn("1.36.3-1.1"), "1.36.3");
  assert.equal(releaseIn("20240101"), undefined);
});

test("paragraphs without a file or a checksum are left out", () => {
  assert.deepEqual(parsePackages("Package: x\nVersion: 1\n\n\nPackage: y\nFilename: y.deb\n"), []);
});
