import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { adoptLabId, ensureLabId } from "../../src/lab/identity.ts";
import { labFolder } from "../../src/paths.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { adoptResources, claimsIn, ourResources, resourcesOf } from "../../src/providers/docker/resources.ts";
import { setsOf } from "../../src/providers/docker/sets.ts";
import { containerClaims } from "../../src/providers/vagrant/claims.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";
import { fakeDocker } from "../support/fake-docker.ts";

useOwnDataFolder();

/** Prints the rows that a test has put there. */
const fake = fakeDocker(`
case "$*" in
  ps*) cat "$DIR/containers" ;;
  network*) cat "$DIR/networks" ;;
  info*) printf '29.0\\tDebian\\t2\\toverlay2\\t/var/lib/docker\\tx86_64\\t[]\\tlinux\\n' ;;
esac
`);
const docker = new Docker(localHost());

interface Labels {
  id?: string;
  owner?: string;
}

const put = async (
  ...containers: ({ engineId: string; entrance?: string; set?: string } & Labels)[]
): Promise<void> => {
  const rows = containers.map(({ engineId, id = "", owner = "", set = "", entrance }) =>
    [
      engineId,
      ...(entrance === undefined
        ? ["labwright-old.cp", "running", "", "cp", "10.89.1.10", "ssh-ed25519 AAAA"]
        : ["labwright-old.entrance.haproxy", "running", "", "", "", ""]),
      ...[id, owner, set, entrance ?? ""],
    ].join("\t"),
  );
  await writeFile(join(fake.folder, "containers"), rows.map((row) => `${row}\n`).join(""));
  const [{ id = "", owner = "" } = {}] = containers;
  const networks = `n1\tlabwright-old\t${id}\t${owner}\t\nn2\tlabwright-old.2\t${id}\t${owner}\t2\n`;
  await writeFile(join(fake.folder, "networks"), networks);
};

test("what carries another id, or none, is another's, whose owner is named", async () => {
  await put({ engineId: "c1", id: "00112233aabbccdd", owner: "bob@desk:/home/bob/lab" });
  await assert.rejects(ourResources(docker, { name: "old" }), {
    code: "lab-of-another",
    message: /bob@desk:\/home\/bob/,
  });
  await ensureLabId("old");
  await assert.rejects(ourResources(docker, { name: "old" }), { code: "lab-of-another" });
  await put({ engineId: "c1" });
  await assert.rejects(ourResources(docker, { name: "old" }), {
    code: "lab-of-another",
    message: /carries no id/,
  });
  await adoptLabId("old", "00112233aabbccdd");
  await put({ engineId: "c1", id: "00112233aabbccdd" });
  assert.equal((await ourResources(docker, { name: "old" })).containers.length, 1);
});

test("a lab of an older labwright is adopted by the engine's ids, and nothing that comes later with it", async () => {
  await put({ engineId: "c1" });
  await adoptResources(docker, "old", "00112233aabbccdd");
  assert.deepEqual((await readdir(labFolder("old"))).sort(), ["adopted.json", "id"]);
  const { containers, networks } = await ourResources(docker, { name: "old" });
  assert.deepEqual([containers.length, networks.length], [1, 1]);
  await put({ engineId: "c1" }, { engineId: "c2" });
  await assert.rejects(ourResources(docker, { name: "old" }), { code: "lab-of-another" });
  assert.deepEqual(
    claimsIn(await resourcesOf(docker, "old")).map(({ id }) => id !== undefined),
    [true, false, true, true],
  );
});

test("the entrance is not a machine, and is claimed and adopted as machines are", async () => {
  const entrance = '{"first":12000,"listen":"127.0.0.1","ports":{"ssh.cp":12000}}';
  await put({ engineId: "c3" }, { engineId: "c4", entrance });
  await assert.rejects(ourResources(docker, { name: "old" }), { code: "lab-of-another" });
  await adoptResources(docker, "old", "00112233aabbccdd");
  const found = await ourResources(docker, { name: "old" });
  assert.deepEqual(
    found.containers.map(({ machine }) => machine),
    ["cp"],
  );
  const [one] = found.entrances;
  assert.deepEqual([one?.state, one?.record], ["running", { first: 12_000, ports: { "ssh.cp": 12_000 } }]);
  assert.ok(claimsIn(found).some(({ what }) => what === "container labwright-old.entrance.haproxy"));
});

test("each set of a lab's machines is seen by itself, and all of them are the lab's", async () => {
  const id = "00112233aabbccdd";
  await adoptLabId("old", id);
  await put({ engineId: "c5", id }, { engineId: "c6", id, set: "2" });
  const idsOf = async (set?: string) => {
    const { containers, networks } = await ourResources(docker, { name: "old", ...(set && { set }) });
    return [...containers, ...networks].map(({ engineId }) => engineId);
  };
  assert.deepEqual(await idsOf(), ["c5", "n1"]);
  assert.deepEqual(await idsOf("2"), ["c6", "n2"]);
  assert.deepEqual(await idsOf("3"), []);
  const sets = setsOf("old", docker);
  assert.deepEqual(Object.fromEntries(await sets.list()), { 1: ["running"], 2: ["running"] });
  await put({ engineId: "c5", id }, { engineId: "c6", set: "2" });
  await assert.rejects(ourResources(docker, { name: "old" }), { code: "lab-of-another" });
});

test("containers that Vagrant has made say whose they are", async () => {
  await writeFile(join(fake.folder, "containers"), "labwright-old-vagrant-cp\t00112233aabbccdd\tbob@desk\n");
  assert.deepEqual(await containerClaims("old"), [
    { what: "container labwright-old-vagrant-cp", id: "00112233aabbccdd", owner: "bob@desk" },
  ]);
});
