import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Inventory } from "../../src/engine/observe.ts";
import { LabwrightError } from "../../src/errors.ts";
import { owns, placesOf, sorted, takenPlaces } from "../../src/exercises/room.ts";
import type { State } from "../../src/exercises/state.ts";
import type { Owned } from "../../src/exercises/types.ts";
import { localHost } from "../../src/hosts/local.ts";
import { removePath } from "../../src/linux/beside.ts";
import { accountRecorder } from "../../src/recording/accounts.ts";
import { type Difference, differencesBetween } from "../../src/recording/differences.ts";
import { record } from "../../src/recording/record.ts";
import { itemOf, keyOf } from "../../src/recording/types.ts";
import { checkContextOf, stepOf } from "../support/steps.ts";

const folder = mkdtempSync(join(tmpdir(), "lwtest-room-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const item = (text: string) => itemOf(text.replace(/^(\S+) (docker \S+|\S+) /, "$1\t$2\t"));
const extra = (text: string): Difference => ({ ...item(text), how: "extra" });

const room: Owned[] = [
  { machine: "stapp01", kind: "docker network", name: "news" },
  { machine: "stapp01", kind: "file", name: "/root/drill" },
  { machine: "cp", kind: "namespace", name: "ledger" },
  { machine: "cp", kind: "object", name: "node/spare" },
  { machine: "cp", kind: "account", name: "thor" },
];

test("an exercise owns what its steps and its file name, on that machine, and nothing else", () => {
  for (const mine of [
    "stapp01 docker network news",
    "stapp01 file /root/drill",
    "stapp01 file /root/drill/a\tb\nc",
    "cp namespace ledger",
    "cp2 deployment.apps ledger/web",
    "cp node spare",
    "cp account thor",
    "cp group thor",
  ])
    assert.ok(owns(room, item(mine)), mine);
  for (const other of [
    "jump_host docker network news",
    "stapp01 docker container news",
    "stapp01 file /root/drill2",
    "stapp01 file /root/thesis",
    "cp file /root/drill",
    "cp namespace colleague",
    "cp deployment.apps colleague/ledger",
    "cp node w1",
    "cp account stefan",
  ])
    assert.ok(!owns(room, item(other)), other);
});

test("a machine with more files than can be compared is named, and so is how to find them", async () => {
  const cause = new LabwrightError({ code: "output-too-large", message: "128 MiB", remedy: "" });
  const host = { name: "stapp01", run: () => Promise.reject(cause) };
  const machines = [{ name: "stapp01", user: "root", sudo: "none" }];
  const inventory = { lab: { machines }, host: async () => host } as unknown as Inventory;
  await assert.rejects(record(inventory), {
    code: "recording-too-large",
    message: /^stapp01 has too many files in/,
    remedy: /labwright ssh stapp01 'du /,
  });
});

test("what another started exercise has for itself too is its own, the rest is a stranger's", () => {
  const other = {
    room: [{ machine: "stapp01", kind: "file", name: "/root/drill/other" }],
  } as unknown as State;
  const found = sorted(
    [
      extra("stapp01 file /root/drill/mine"),
      extra("stapp01 file /root/drill/other"),
      extra("stapp01 file /home/steve/thesis"),
    ],
    room,
    [other],
  );
  const names = (list: Difference[]) => list.map(({ name }) => name);
  assert.deepEqual(names(found.mine), ["/root/drill/mine"]);
  assert.deepEqual(names(found.others), ["/root/drill/other"]);
  assert.deepEqual(names(found.strangers), ["/home/steve/thesis"]);
});

test("containers, networks and namespaces of others under an exercise's names are found before anything changes", async () => {
  const { machine } = checkContextOf("cp");
  const task = async (name: string, params: object) => ({
    machine,
    title: "",
    key: "",
    step: await stepOf(name, params),
  });
  const tasks = await Promise.all([
    task("docker-network", { network: "news" }),
    task("docker-container", { container: "shop-web" }),
    task("namespace", { name: "page" }),
    task("exercise-folder", { path: "/root/drill" }),
    task("login-user", { name: "thor" }),
  ]);
  const before = [
    "cp docker network news",
    "cp docker container shop-web",
    "cp docker container other",
    "cp namespace page",
    "cp deployment.apps page/web",
    "cp file /root/drill/x",
    "cp account thor",
  ].map(item);
  assert.deepEqual(
    takenPlaces(before, tasks).map(({ kind, name }) => `${kind} ${name}`),
    ["docker network news", "docker container shop-web", "namespace page"],
  );
  assert.deepEqual(
    tasks.flatMap(placesOf).map(({ kind, name }) => `${kind} ${name}`),
    [
      ...["docker network news", "docker container shop-web", "namespace page", "file /root/drill"],
      ...["account thor", "file /home/thor"],
    ],
  );
});

test("a name with tabs and newlines is one key, and comes back from it", () => {
  const one = { machine: "m", kind: "file", name: "/home/s/a\tb\n/etc/x" };
  assert.deepEqual(itemOf(keyOf(one)), one);
  assert.deepEqual(differencesBetween({}, { [keyOf(one)]: "1" }), [{ ...one, how: "extra" }]);
});

test("a path is never removed through a link, and a link at its end is removed itself", async () => {
  const [precious, home] = [join(folder, "precious"), join(folder, "home")];
  for (const path of [precious, home, join(home, "own", "a\tb\n")]) mkdirSync(path, { recursive: true });
  writeFileSync(join(precious, "file"), "");
  symlinkSync(precious, join(home, "link"));
  symlinkSync(precious, join(home, "own", "last"));
  const removed = async (...parts: string[]) =>
    (await localHost().run(removePath(join(home, ...parts)), { accept: "any" })).code;
  assert.equal(await removed("link", "file"), 1);
  assert.deepEqual(readdirSync(precious), ["file"]);
  assert.equal(await removed("own", "last"), 0);
  assert.deepEqual(readdirSync(precious), ["file"]);
  assert.equal(await removed("own", "a\tb\n"), 0);
  assert.deepEqual(readdirSync(join(home, "own")), []);
  assert.equal(await removed("no", "such", "path"), 0);
  writeFileSync(join(home, "-rf"), "");
  assert.equal(await removed("-rf"), 0);
  assert.deepEqual(readdirSync(home).sort(), ["link", "own"]);
});

test("accounts are compared one by one: a typo changes one account, and does not remove root's", async () => {
  const lines = (...more: string[]) =>
    ["passwd:root:x:0:0:root:/root:/bin/bash", "group:root:x:0:", "shadow:root:*:1:", ...more].join("\n");
  const record = (printed: string) =>
    Object.fromEntries(
      accountRecorder
        .read(printed)
        .map(({ kind, name, value }) => [keyOf({ machine: "m", kind, name }), value]),
    );
  const stefan = [
    "passwd:stefan:x:1001:1001::/home/stefan:/bin/sh",
    "group:stefan:x:1001:",
    "shadow:stefan:!:2:",
  ];
  assert.deepEqual(
    differencesBetween(record(lines()), record(lines(...stefan, "subuid:stefan:100000:65536"))).map(
      ({ kind, name, how }) => `${how} ${kind} ${name}`,
    ),
    ["extra account stefan", "extra group stefan"],
  );
  const removal = accountRecorder.remove([{ machine: "m", kind: "account", name: "root" }]);
  // Root's number is not a user's, so the second command is never reached.
  const { code } = await localHost().run(removal, { accept: "any" });
  assert.notEqual(code, 0);
});
