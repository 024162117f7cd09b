import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { defaultLab } from "../../src/lab/expand.ts";
import { adoptLabId } from "../../src/lab/identity.ts";
import type { Lab } from "../../src/lab/types.ts";
import { accessListName } from "../../src/providers/incus/names.ts";
import { openProvider } from "../../src/providers/registry.ts";
import type { Provider } from "../../src/providers/types.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";
import { fakePrograms } from "../support/fake-programs.ts";
import { silent } from "../support/plain-image.ts";

useOwnDataFolder();

const id = "00112233aabbccdd";
const environment = {
  ...{ server_version: "6.0.4", driver: "lxc", firewall: "nftables", server_clustered: false },
  ...{ os_name: "Debian", architectures: ["x86_64"] },
};

/** A server that has what a test has put there, and notes what it is told to change. */
const fake = fakePrograms({
  incus: `
case "$*" in
  "query local:/1.0") printf '%s' '${JSON.stringify({ environment })}' ;;
  "query local:/1.0/instances?"*) cat "$DIR/instances" ;;
  "query local:/1.0/instances/"*) echo '[]' ;;
  "query local:/1.0/projects?"*) cat "$DIR/projects" ;;
  "query local:/1.0/networks?"*) cat "$DIR/networks" ;;
  "query local:/1.0/network-acls?"*) cat "$DIR/acls" ;;
  *) printf '%s\\n' "$*" >>"$DIR/changes" ;;
esac
`,
  iptables: `
case "$*" in
  *" -D "*) printf 'iptables %s\\n' "$*" >>"$DIR/changes"; exit 1 ;;
esac
`,
});

/** The keys of a resource of a set; those of the first set name none, as those of an older labwright. */
const keys = (set: string, owner = id) => ({
  "user.labwright.lab": "old",
  "user.labwright.id": owner,
  ...(set === "1" ? {} : { "user.labwright.set": set }),
});

interface SetSpec {
  owner?: string;
  /** A member that does not answer has its instances: the server reports nothing of them but their places. */
  silent?: true;
  /** A cluster's members have only prepared its network. */
  pending?: true;
  /** Its machines' states. */
  states: readonly string[];
}

/** Puts sets of machines there, each with its project and its network, besides another lab's. */
async function put(sets: Readonly<Record<string, SetSpec>>): Promise<void> {
  const all = Object.entries(sets).map(([set, spec]) => ({
    set,
    name: set === "1" ? "old" : `old.${set}`,
    ...spec,
  }));
  const write = (file: string, things: readonly object[]) =>
    writeFile(join(fake.folder, file), JSON.stringify(things));
  const theirs = { "user.labwright.lab": "old-2", "user.labwright.id": "ffffffffffffffff" };
  await write(
    "instances",
    all.flatMap(({ set, name, owner, states, silent: isSilent }) =>
      states.map((status, place) => ({
        ...{ name: ["cp", "w1"][place], project: `labwright-${name}`, status, location: "none" },
        last_used_at: "2026-11-30T10:00:00Z",
        config: isSilent
          ? null
          : {
              ...keys(set, owner),
              "user.labwright.machine": ["cp", "w1"][place],
              "user.labwright.address": `10.89.${set}.1${place}`,
            },
      })),
    ),
  );
  await write("projects", [
    ...all.map(({ set, name, owner }) => ({ name: `labwright-${name}`, config: keys(set, owner) })),
    { name: "labwright-old-2", config: theirs },
    { name: "default", config: {} },
  ]);
  await write("networks", [
    ...all.map(({ set, name, owner, pending }) => ({
      name: `lw-${name}`,
      ...(pending
        ? { status: "Pending", description: `labwright lab old ${id} set ${set}`, config: {} }
        : {
            ...{ status: "Created", description: "" },
            config: { ...keys(set, owner), "user.labwright.subnet": `10.89.${set}.0/24` },
          }),
    })),
    { name: "lw-old-2", status: "Created", description: "", config: theirs },
    { name: "lw-new", status: "Pending", description: `labwright lab old-2 ${id} set 2`, config: {} },
  ]);
  // One of somebody else has the name of a further network of the lab.
  await write("acls", [
    ...all.map(({ name }) => ({
      name: accessListName(`lw-${name}`),
      config: { "user.labwright.lab": "old" },
    })),
    { name: "lw-old-2", config: { "user.labwright.lab": "old-2" } },
    { name: accessListName("lw-old.3"), config: {} },
  ]);
}

/** What was changed since the test began, in any order. */
const changes = async (): Promise<string[]> =>
  (await readFile(join(fake.folder, "changes"), "utf8").catch(() => "")).split("\n").filter(Boolean).sort();

const lab: Lab = { ...defaultLab(), name: "old", provider: "incus" };
const providerOf = (set?: string): Promise<Provider> =>
  openProvider({ ...lab, ...(set !== undefined && { set }) });
const setsOf = async () => {
  const { sets } = await providerOf();
  assert.ok(sets);
  return sets;
};

beforeEach(async () => {
  await adoptLabId("old", id);
  await rm(join(fake.folder, "changes"), { force: true });
  await put({ 1: { states: ["Running", "Running"] }, 2: { states: ["Frozen", "Frozen"] } });
});

test("each set is listed by itself, with words for its states that all providers have", async () => {
  const listedBy = async (set?: string) =>
    (await (await providerOf(set)).list()).map(({ name, address, paused }) => [name, address, paused]);
  assert.deepEqual(await listedBy(), [
    ["cp", "10.89.1.10", undefined],
    ["w1", "10.89.1.11", undefined],
  ]);
  assert.deepEqual(await listedBy("2"), [
    ["cp", "10.89.2.10", true],
    ["w1", "10.89.2.11", true],
  ]);
  assert.deepEqual(await listedBy("3"), []);
  const list = async () => Object.fromEntries(await (await setsOf()).list());
  assert.deepEqual(await list(), { 1: ["running", "running"], 2: ["paused", "paused"] });
  await put({ 1: { states: ["Stopped"] }, 2: { states: [] } });
  assert.deepEqual(await list(), { 1: ["stopped"], 2: [] }, "also a set of which only the network is there");
  assert.deepEqual(await changes(), []);
});

test("what a cluster reports only in part is known by its project and its description", async () => {
  await put({ 1: { states: ["Running"] }, 2: { states: ["Stopped", "Stopped"], silent: true } });
  assert.deepEqual(
    (await (await providerOf("2")).list()).map(({ name, address, running }) => [name, address, running]),
    [
      ["cp", "10.89.2.10", false],
      ["w1", "10.89.2.11", false],
    ],
  );
  const list = async () => Object.fromEntries(await (await setsOf()).list());
  assert.deepEqual(await list(), { 1: ["running"], 2: ["unknown", "unknown"] });
  await put({ 1: { states: ["Running"] }, 3: { states: [], pending: true } });
  assert.deepEqual(await list(), { 1: ["running"], 3: [] });
});

test("a set of another owner makes the lab another's", async () => {
  await put({ 1: { states: ["Running"] }, 2: { states: [], owner: "ffffffffffffffff" } });
  const theirs = { code: "lab-of-another", message: /project labwright-old\.2, network lw-old\.2/ };
  await assert.rejects(async () => (await providerOf()).list(), theirs);
  await assert.rejects(async () => (await providerOf()).destroy(silent), theirs);
  await assert.rejects(async () => (await setsOf()).remove("1", silent), theirs);
  assert.deepEqual(
    (await (await providerOf()).claims()).map(({ what }) => what),
    ["instance cp", "project labwright-old", "project labwright-old.2", "network lw-old", "network lw-old.2"],
  );
  assert.deepEqual(await changes(), []);
});

/** The removals of a network's rules, those of an older labwright too. */
const rules = (network: string): string[] =>
  [
    ...[`-i ${network} ! -o lw-+`, `-i ${network}`, `-i ${network} -o ${network}`, `-o ${network}`],
    `-o ${network} -m conntrack --ctstate RELATED,ESTABLISHED`,
  ].map((rule) => `iptables -w -D DOCKER-USER ${rule} -m comment --comment labwright -j ACCEPT`);

/** The removals of a network's access control list. */
const access = (network: string): string[] => [
  `network acl delete local:${accessListName(network)}`,
  ...["security.acls", "security.acls.default.egress.action"].map(
    (key) => `network unset local:${network} ${key}`,
  ),
];

test("a set is frozen and removed by itself, and machines of one only there", async () => {
  await (await providerOf("1")).pause?.(["cp"]);
  assert.deepEqual(await changes(), ["pause --project labwright-old local:cp"]);
  await rm(join(fake.folder, "changes"));
  await (await providerOf("2")).remove(["w1"], silent);
  assert.deepEqual(await changes(), ["delete --force --project labwright-old.2 local:w1"]);
  await rm(join(fake.folder, "changes"));
  assert.deepEqual(await (await setsOf()).remove("2", silent), [
    ...["instance cp of set 2", "instance w1 of set 2", "project labwright-old.2", "network lw-old.2"],
  ]);
  assert.deepEqual(await changes(), [
    ...[
      "delete --force --project labwright-old.2 local:cp",
      "delete --force --project labwright-old.2 local:w1",
    ],
    ...rules("lw-old.2"),
    ...access("lw-old.2").slice(0, 1),
    ...["network delete local:lw-old.2"],
    ...access("lw-old.2").slice(1),
    ...["project delete local:labwright-old.2"],
  ]);
});

test("the lab goes with all of its sets, whichever its people work with, and nobody else's", async () => {
  const removed = await (await providerOf("2")).destroy(silent);
  assert.deepEqual(removed.toSorted(), [
    ...["instance cp", "instance cp of set 2", "instance w1", "instance w1 of set 2"],
    ...["network lw-old", "network lw-old.2", "project labwright-old", "project labwright-old.2"],
  ]);
  assert.doesNotMatch((await changes()).join("\n"), /(?<!set-lw-)old-2/);
});

test("rules about networks that somebody has removed go with the lab", async () => {
  await writeFile(join(fake.folder, "networks"), "[]");
  await (await providerOf()).destroy(silent);
  const removed = (await changes()).filter((line) => line.startsWith("iptables"));
  assert.deepEqual(removed.toSorted(), [...rules("lw-old"), ...rules("lw-old.2")].toSorted());
  const kept = (await changes()).filter((line) => line.startsWith("network"));
  assert.deepEqual(kept, [...access("lw-old"), ...access("lw-old.2")].toSorted());
});

test("all sets are adopted", async () => {
  await (await providerOf()).adopt(id);
  const named = (await changes()).map((line) => line.replace(/ user\.labwright\..*/, ""));
  assert.deepEqual(named, [
    ...["labwright-old", "labwright-old", "labwright-old.2", "labwright-old.2"].map(
      (project, place) => `config set --project ${project} local:${["cp", "w1"][place % 2]}`,
    ),
    ...["network set local:lw-old", "network set local:lw-old.2"],
    ...["project set local:labwright-old", "project set local:labwright-old.2"],
  ]);
});
