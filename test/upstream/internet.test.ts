import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, beforeEach, test } from "node:test";
import { promisify } from "node:util";
import { type Internet, startInternet } from "./internet.ts";
import { makeNamespace, type Namespace } from "./network/namespace.ts";
import { addForAll, plainConfig as config, gzipped } from "./registry/archive.ts";
import { newStore } from "./registry/store.ts";

const run = promisify(execFile);

let internet: Internet;
before(async () => {
  const store = newStore();
  const image = { architecture: "amd64", config, layers: [await gzipped(Buffer.alloc(1024))] };
  for (const name of ["registry.k8s.io/pause:1", "quay.io/calico/node:1", "docker.io/library/nginx:latest"])
    await addForAll(store, name, image, "oci");
  internet = await startInternet({
    host: "127.0.0.1",
    kubernetes: new Map([["/core:/stable:/v1.36/deb/InRelease", Buffer.from("signed\n")]]),
    docker: new Map([["/linux/debian/gpg", Buffer.from("key\n")]]),
    manifests: new Map([["/projectcalico/calico/v1/a.yaml", Buffer.from("kind: List\n")]]),
    store,
  });
});
after(() => internet?.close());
beforeEach(() => {
  internet.asked.length = 0;
});

const curl = async (...words: string[]): Promise<string> => {
  const { HTTPS_PROXY = "", NODE_EXTRA_CA_CERTS = "" } = internet.environment;
  const flags = ["--silent", "--show-error", "--location", "--max-time", "20", "--proxy", HTTPS_PROXY];
  const { stdout } = await run("curl", [...flags, "--cacert", NODE_EXTRA_CA_CERTS, ...words]);
  return stdout;
};

test("the default places answer by their own names, through redirects to other hosts", async () => {
  assert.equal(await curl("https://pkgs.k8s.io/core:/stable:/v1.36/deb/InRelease"), "signed\n");
  assert.deepEqual(
    internet.asked.map(({ host, status }) => `${host} ${status}`),
    ["pkgs.k8s.io 302", "prod-cdn.packages.k8s.io 200"],
  );
  assert.equal(await curl("https://download.docker.com/linux/debian/gpg"), "key\n");
  assert.equal(
    await curl("https://raw.githubusercontent.com/projectcalico/calico/v1/a.yaml"),
    "kind: List\n",
  );
});

test("each registry asks for its token, has an index of four processors, and blobs elsewhere", async () => {
  for (const [host, name, realm] of [
    ["registry.k8s.io", "pause", "https://registry.k8s.io/token"],
    ["quay.io", "calico/node", "https://quay.io/v2/auth"],
    ["registry-1.docker.io", "library/nginx", "https://auth.docker.io/token"],
    ["public.ecr.aws", "docker/library/nginx", "https://public.ecr.aws/token/"],
  ]) {
    assert.match(await curl("--include", `https://${host}/v2/`), new RegExp(`realm="${realm}"`));
    const { token } = JSON.parse(await curl(`${realm}?scope=repository:${name}:pull`));
    const as = ["--header", `authorization: Bearer ${token}`];
    const tag = name?.endsWith("nginx") ? "latest" : "1";
    const index = JSON.parse(await curl(...as, `https://${host}/v2/${name}/manifests/${tag}`));
    const architectures = index.manifests.map(
      ({ platform }: { platform: { architecture: string } }) => platform.architecture,
    );
    assert.deepEqual(architectures, ["amd64", "arm64", "ppc64le", "s390x"]);
    const [{ digest }] = index.manifests;
    const manifest = JSON.parse(await curl(...as, `https://${host}/v2/${name}/manifests/${digest}`));
    internet.asked.length = 0;
    const blob = await curl(...as, `https://${host}/v2/${name}/blobs/${manifest.config.digest}`);
    assert.equal(blob, config.toString());
    assert.notEqual(internet.asked.at(-1)?.host, host);
  }
});

test("Docker Hub and quay.io refuse who has no token", async () => {
  const answer = await curl("--include", "https://registry-1.docker.io/v2/library/nginx/manifests/latest");
  assert.match(answer, /^HTTP\/1\.1 401/m);
  assert.match(answer, /scope="repository:library\/nginx:pull"/);
});

test("Debian's packages come from this computer's own mirror; nothing else is in this world", async () => {
  assert.match(await curl("http://deb.debian.org/debian/dists/bookworm/Release"), /^Codename: bookworm$/m);
  assert.match(await curl("--include", "http://example.com/"), /403/);
  await assert.rejects(curl("https://github.com/"));
  assert.deepEqual(internet.refused, ["GET http://example.com/", "CONNECT github.com:443"]);
});

test("a separate network reaches this computer and nothing behind it", {
  skip: process.getuid?.() !== 0 && "needs root",
}, async () => {
  let network: Namespace | undefined;
  try {
    network = await makeNamespace(`lw-test-${process.pid}`);
    const { enter, inhabit, outside } = network;
    const after = ([program = "", ...words]: string[], script: string) =>
      run(program, [...words, "sh", "-c", script]);
    assert.match((await after(enter, `ip route get ${outside}`)).stdout, /dev lwi/);
    await assert.rejects(after(enter, "ip route get 203.0.113.1"), /unreachable/);
    const { stdout } = await after(inhabit, "ls /sys/class/net; ls /sys/fs/cgroup | wc -l");
    assert.match(stdout, new RegExp(`lwi${process.pid}`));
    assert.doesNotMatch(stdout, /^(eth0|docker0|lwo\d+|0)$/m);
  } finally {
    await network?.close();
  }
});
