import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import type { Lab } from "../../src/lab/types.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { ensureNetwork, networkFlags } from "../../src/providers/docker/network.ts";
import { fakeDocker } from "../support/fake-docker.ts";
import { lab } from "../support/steps.ts";

/** Has the networks that a test has put there, and notes what is created. */
const fake = fakeDocker(`
case "$*" in
  "network create"*) echo "$*" >>"$DIR/created" ;;
  "network ls"*) cat "$DIR/listed" ;;
  "network inspect"*AuxiliaryAddresses*) cat "$DIR/kept" ;;
  "network inspect"*Subnet*) cat "$DIR/subnets" ;;
  "network inspect"*) exit 1 ;;
  info*) printf '29.0\\tDebian\\t2\\toverlay2\\t/var/lib/docker\\tx86_64\\t[]\\tlinux\\n' ;;
esac
`);
const docker = new Docker(localHost());
const own = { ...lab, machineSubnet: "10.89.7.0/24" };
const moving = { ...own, cluster: { ...lab.cluster, controlPlaneEndpoint: "auto" } };
const dual: Lab = {
  ...own,
  cluster: { ...lab.cluster, network: { ...lab.cluster.network, ipFamilies: ["IPv4", "IPv6"] } },
};
const put = (file: string, text: string) => writeFile(join(fake.folder, file), text);

beforeEach(async () => {
  await put("created", "");
  await put("subnets", "10.89.7.0/24\n");
});

test("a dual-stack lab's network has both families, and so have its machines", async () => {
  await put("listed", "");
  await ensureNetwork(docker, dual, {});
  const created = await readFile(join(fake.folder, "created"), "utf8");
  assert.match(created, /--subnet 10\.89\.7\.0\/24 --ipv6 --subnet fd00:a59:700::\/64/);
  const flags = networkFlags(dual, "10.89.7.10").join(" ");
  assert.match(flags, /--ip 10\.89\.7\.10 --ip6 fd00:a59:700::a59:70a .*net\.ipv6\.conf\.all\.forwarding=1/);
  assert.doesNotMatch(networkFlags(own, "10.89.7.10").join(" "), /ip6|ipv6/);
});

test("a network without IPv6 is refused for a dual-stack lab", async () => {
  await put("listed", "n1\n");
  await assert.rejects(ensureNetwork(docker, dual, {}), { code: "network-without-ipv6" });
  await put("subnets", "10.89.7.0/24\nfd00:a59:700::/64\n");
  assert.equal(await ensureNetwork(docker, dual, {}), "10.89.7.0/24");
  assert.equal(await ensureNetwork(docker, own, {}), "10.89.7.0/24");
});

test("the engine gives the address that moves to no container", async () => {
  await put("listed", "");
  await ensureNetwork(docker, own, {});
  await ensureNetwork(docker, moving, { "labwright.lab": "basics" });
  const [plain = "", kept = ""] = (await readFile(join(fake.folder, "created"), "utf8")).split("\n");
  assert.doesNotMatch(plain, /aux-address/);
  assert.match(kept, /--subnet 10\.89\.7\.0\/24 --aux-address control-plane-endpoint=10\.89\.7\.9 --label/);
});

test("a network that does not keep it is refused, as a container may have it", async () => {
  await put("listed", "n1\n");
  await put("kept", "10.89.7.9\n");
  assert.equal(await ensureNetwork(docker, moving, {}), "10.89.7.0/24");
  await put("kept", "\n");
  await assert.rejects(ensureNetwork(docker, moving, {}), { code: "endpoint-not-kept" });
  assert.equal(await ensureNetwork(docker, own, {}), "10.89.7.0/24");
});
