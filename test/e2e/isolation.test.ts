import assert from "node:assert/strict";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { lines, sh } from "../../src/hosts/sh.ts";
import { type Engine, requireEngine } from "../../src/providers/docker/engine.ts";
import { polled } from "./polled.ts";
import { classFolder, leftoversOf, long, runnerOf, succeeds, type TestLab } from "./support.ts";

/** A class of two isolated labs, each one machine with a cluster: what root does on alice's, and what bob has of it. */
const name = "e2e-apart";
const students = ["alice", "bob"];
let folder: string;
let engine: Engine;
let labwright: TestLab["labwright"];

/** What listens on this computer at all addresses. */
const listener = createServer((socket) => socket.end());

before(async () => {
  if (long) return;
  folder = await classFolder("apart");
  engine = await requireEngine();
  labwright = runnerOf(join(folder, "class.yaml"), join(folder, "kubeconfig"));
  await writeFile(
    join(folder, "lab.yaml"),
    "name: one\nnetwork: { isolated: true }\nmachines: [{ name: cp, role: control-plane, processes: 2048 }]\n",
  );
  await writeFile(
    join(folder, "class.yaml"),
    `name: ${name}\nstudents: [${students.join(", ")}]\nexercises: [etcd-backup]\n`,
  );
  await labwright(["class", "down", "--forget"]);
  listener.listen(0, "0.0.0.0");
  await once(listener, "listening");
});
after(async () => {
  if (long) return;
  listener.close();
  await labwright(["class", "down", "--forget"]);
  await rm(folder, { recursive: true });
});

const container = (student: string): string => `labwright-${name}-${student}.cp`;
const inside = (student: string, script: string): Promise<string> =>
  engine.docker.run(sh`exec ${container(student)} bash -c ${script}`, { accept: "any" });

const addressOf = (student: string): Promise<string> =>
  engine.docker.run(
    sh`inspect --format ${"{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"} ${container(student)}`,
  );

/** Which of some ports of some addresses root on alice's machine reaches, as `address:port`. */
async function reached(addresses: readonly string[], ports: readonly number[]): Promise<string[]> {
  const targets = addresses.flatMap((address) => ports.map((port) => `${address} ${port}`));
  const open = 'timeout 2 bash -c "</dev/tcp/$0/$1" 2>/dev/null && echo "$0:$1"';
  const found = await inside(
    "alice",
    `printf '%s\\n' ${targets.map((one) => `'${one}'`).join(" ")} | xargs -P 32 -L 1 bash -c '${open}'`,
  );
  return found.split("\n").filter(Boolean).sort();
}

/** The TCP ports that a list of `ss -Hltn` shows, but those of the loopback. */
const portsIn = (list: string): number[] => [
  ...new Set(
    list
      .split("\n")
      .map((line) => line.split(/\s+/)[3] ?? "")
      .filter((local) => local !== "" && !/^(127\.|\[::1\])/.test(local))
      .map((local) => Number(local.split(":").at(-1))),
  ),
];

const clusterPorts = [22, 2379, 2380, 6443, 10250, 10257, 10259, 30080];

let urls: Record<string, string>;

test("two isolated labs side by side", { skip: long }, async () => {
  const { output } = succeeds(await labwright(["class", "up"]));
  urls = Object.fromEntries(
    [...output.matchAll(/^(\w+) +[\d.]+ s .* (http:\S+)$/gm)].map(([, student = "", url = ""]) => [
      student,
      url,
    ]),
  );
  assert.deepEqual(Object.keys(urls), students, output);
});

test("root on one student's machine reaches no port of another's, and none of this computer", {
  skip: long,
}, async (t) => {
  const [own, bob] = [await addressOf("alice"), await addressOf("bob")];
  const computer = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
  const { port } = listener.address() as AddressInfo;
  const { stdout } = await localHost().run(sh`ss -Hltn`);
  const ports = [...new Set([...portsIn(stdout), port, 2375, 2376, 8443])];
  const bobs = [...new Set([...clusterPorts, ...portsIn(await inside("bob", "ss -Hltn"))])];
  // The scan sees what there is: the machine's own ports, and this computer's while the guard is stopped.
  assert.ok((await reached([own], clusterPorts)).includes(`${own}:6443`));
  const guard = `labwright-${name}-alice.guard.iptables`;
  const [gateway = ""] = computer.filter(
    (one) => one.split(".").slice(0, 3).join() === own.split(".").slice(0, 3).join(),
  );
  await engine.docker.run(sh`stop ${guard}`);
  assert.deepEqual(await reached([gateway], [port]), [`${gateway}:${port}`]);
  await engine.docker.run(sh`start ${guard}`);
  await assert.doesNotReject(inside("alice", "sleep 1"));
  assert.deepEqual(await reached([bob], bobs), []);
  assert.deepEqual(await reached(computer, ports), []);
  assert.equal(await inside("alice", "ls /var/run/docker.sock 2>/dev/null"), "");
  t.diagnostic(
    `${bobs.length} ports of bob's machine, ${ports.length} of this computer at ${computer.length} addresses`,
  );
});

/** Processes without end, a file without end for half a minute, and memory for 20 s. */
const harm = lines([
  sh`bomb() { bomb | bomb & }`,
  sh`(timeout 30 dd if=/dev/zero of=/root/large bs=1M count=4000 2>/dev/null; rm -f /root/large) &`,
  sh`(timeout 20 tail -c 500M /dev/zero >/dev/null) &`,
  sh`sleep 1; bomb; sleep 30`,
]).reveal();

test("a fork bomb in one lab leaves the others usable, and a reset ends it", { skip: long }, async (t) => {
  const before = await polled(urls.bob ?? "").stop();
  assert.deepEqual(before, []);
  const polling = polled(urls.bob ?? "");
  await engine.docker.run(sh`exec --detach ${container("alice")} bash -c ${harm}`);
  const pids = async () => Number(await readPids());
  let most = 0;
  for (let second = 0; second < 15; second++) {
    most = Math.max(most, await pids());
    // This computer makes processes too.
    await localHost().run(sh`true`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  assert.ok(most > 1500 && most <= 2048, `${most} processes`);
  const started = Date.now();
  const { output } = succeeds(await labwright(["class", "reset", "alice"]));
  t.diagnostic(
    `${most} processes; ${/^alice: Reset .*$/m.exec(output)?.[0]} (${(Date.now() - started) / 1000} s in all)`,
  );
  assert.match(await (await fetch(urls.alice ?? "")).text(), /nginx/);
  assert.deepEqual(await polling.stop(), []);
});

const readPids = async (): Promise<string> => {
  const id = await engine.docker.run(sh`inspect --format ${"{{.Id}}"} ${container("alice")}`);
  return engine.docker.run(sh`stats --no-stream --no-trunc --format ${"{{.PIDs}}"} ${id}`);
};

test("nothing is left, no rule of the firewall either", { skip: long }, async () => {
  succeeds(await labwright(["class", "down", "--forget"]));
  for (const student of students) assert.deepEqual(await leftoversOf(`${name}-${student}`, engine), []);
  const { stdout } = await localHost().run(sh`iptables -w -S INPUT`);
  assert.doesNotMatch(stdout, /labwright/);
});
