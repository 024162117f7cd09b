import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import { isThere } from "../../src/is-there.ts";
import { labFolder } from "../../src/paths.ts";
import { treeOf } from "../contract/providers-folder.ts";
import { hostState, stateChanges } from "../support/host-state.ts";
import type { PlainMachine, PlainSite } from "../support/plain-machine.ts";
import { sshSite } from "./ssh-site.ts";
import { hostsLab, type TestLab } from "./support.ts";

/** Hosts that a lab has taken and that its file no longer names: none is left behind without a word. */
let site: PlainSite;
let lab: TestLab;
const hosts = new Map<string, PlainMachine>();
const states = new Map<string, Record<string, string>>();

const host = (name: string): PlainMachine => {
  const found = hosts.get(name);
  assert.ok(found);
  return found;
};

before(async () => {
  site = await sshSite("taken");
  for (const name of ["a", "b", "c"]) hosts.set(name, await site.start({ name, user: "tony" }));
  for (const [name, one] of hosts) states.set(name, await hostState(site, one));
  lab = await hostsLab("hosts-taken");
});

after(async () => {
  for (const name of hosts.keys()) await engine("unpause", name).catch(() => {});
  await site?.close();
});

const engine = (verb: "pause" | "unpause", name: string) =>
  site.engine.docker.run(sh`${verb} ${host(name).container}`);

/** Writes the lab file: machine → host. */
const inFile = (machines: Record<string, string>): Promise<void> =>
  writeFile(
    lab.file,
    `name: ${lab.name}\nprovider: ssh\nplaybooks: []\nmachines:\n${Object.entries(machines)
      .map(
        ([name, at]) =>
          `  - { name: ${name}, role: app-server, user: tony, host: ${host(at).address}, users: [{ name: steve, sudo: passwordless }], login: [key] }\n`,
      )
      .join("")}`,
  );

const folder = () => labFolder(lab.name);
const isTaken = async (name: string): Promise<boolean> =>
  (await host(name).inside("ls /etc/labwright/host.json 2>/dev/null; true")) !== "";
const changesOn = async (name: string): Promise<string[]> =>
  stateChanges(states.get(name) ?? {}, await hostState(site, host(name))).filter(
    // Copies that useradd(8) keeps: docs/ssh.md.
    (line) => !/ \/etc\/(passwd|shadow|group|gshadow|subuid|subgid)-/.test(line),
  );

async function ran(code: number, ...args: string[]): Promise<string> {
  const result = await lab.labwright(args);
  assert.equal(result.code, code, `${args.join(" ")}: ${result.output}`);
  return result.output;
}

test("a host that is deleted from the lab file is named by plan and status, and given back by up", async () => {
  await inFile({ a: "a", b: "b" });
  await ran(0, "up");
  assert.ok(await isTaken("b"));
  await inFile({ a: "a" });
  const before = [await treeOf(folder()), await changesOn("b")];
  assert.match(await ran(3, "plan"), /^b\n.*machine\n *is not in the lab file, and will be restored/m);
  assert.match(await ran(0, "status"), /^b .* is not in the lab file, and will be restored/m);
  assert.deepEqual([await treeOf(folder()), await changesOn("b")], before, "plan and status change nothing");
  assert.match(await ran(0, "up"), /Given back: b/);
  assert.deepEqual(await changesOn("b"), []);
  assert.ok(await isTaken("a"));
  await ran(0, "plan");
});

test("a machine that gets another host, or another name: the host before is given back", async () => {
  const machineOn = (name: string) =>
    host(name).inside("grep -o 'machine.:.[a-z]*' /etc/labwright/host.json");
  await inFile({ m: "a", n: "b" });
  await ran(0, "up");
  await inFile({ m: "b", n: "a" });
  assert.match(await ran(0, "up"), /Given back: m@/);
  assert.match(await machineOn("a"), /n$/);
  await inFile({ m: "b", k: "a" });
  await ran(0, "up");
  assert.match(await machineOn("a"), /k$/);
  await inFile({ m: "c" });
  assert.match(await ran(0, "up"), /Given back: /);
  for (const name of ["a", "b"]) assert.deepEqual(await changesOn(name), [], name);
});

test("one that does not answer is named by up, and down neither ends well nor forgets it", async () => {
  await inFile({ a: "a", b: "b" });
  assert.match(await ran(0, "up"), /Given back: m/);
  await inFile({ a: "a" });
  await engine("pause", "b");
  assert.match(await ran(3, "plan"), /b .*cannot be restored: it does not answer/s);
  assert.match(await ran(0, "up"), /b .*cannot be restored.*--forget b/s);
  const down = await ran(1, "down");
  assert.match(down, /b does not answer/);
  assert.match(down, /Bring b back and run `labwright down` again, or run `labwright down --forget b`/);
  assert.deepEqual(await changesOn("a"), [], "the others are given back");
  assert.ok(await isThere(folder()));
  await engine("unpause", "b");
  await ran(0, "down");
  assert.deepEqual(await changesOn("b"), []);
  assert.ok(!(await isThere(folder())));
});

test("down gives back a host that an earlier lab file named, and undoes what earlier lab files said", async () => {
  await inFile({ a: "a", b: "b" });
  await ran(0, "up");
  await inFile({ a: "a" });
  assert.match(await ran(0, "down"), /the lab's mark on b/);
  for (const name of ["a", "b"]) assert.deepEqual(await changesOn(name), [], name);
});

test("a host that lost its mark is not nothing to take away, and one that answers is not forgotten", async () => {
  await inFile({ a: "a", b: "b" });
  await ran(0, "up");
  const mark = await host("b").inside("cat /etc/labwright/host.json; rm /etc/labwright/host.json");
  const lost = await ran(1, "down");
  assert.match(lost, /b no longer carries the lab's mark, but still has /);
  await host("b").inside(`echo '${mark}' >/etc/labwright/host.json`);
  assert.match(await ran(1, "down", "--forget", "b"), /b cannot be forgotten: the host answers/);
  await ran(0, "down");
  assert.deepEqual(await changesOn("b"), []);
});

test("another provider is refused while hosts are taken, and one that is gone for good can be forgotten", async () => {
  await inFile({ a: "a", b: "b" });
  await ran(0, "up");
  const text = await readFile(lab.file, "utf8");
  await writeFile(
    lab.file,
    `name: ${lab.name}\nprovider: docker\nplaybooks: []\nmachines: [{ name: a, role: app-server }]\n`,
  );
  assert.match(await ran(1, "down"), /hosts-taken|has taken existing hosts/);
  assert.ok(await isThere(join(folder(), "taken-hosts.json")));
  await writeFile(lab.file, text);
  await host("b").remove();
  assert.match(await ran(1, "down"), /b does not answer/);
  assert.match(await ran(2, "down", "--forget", "nobody"), /cannot forget "nobody"/);
  await ran(0, "down", "--forget", "b");
  assert.deepEqual(await changesOn("a"), []);
  assert.ok(!(await isThere(folder())));
});
