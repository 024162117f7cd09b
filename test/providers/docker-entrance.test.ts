import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { localHost } from "../../src/hosts/local.ts";
import type { Lab } from "../../src/lab/types.ts";
import { Docker, type EngineFacts } from "../../src/providers/docker/docker.ts";
import type { Engine } from "../../src/providers/docker/engine.ts";
import { assertEntrance, keepEntrance, observeEntrance } from "../../src/providers/docker/entrance.ts";
import { entranceConfig } from "../../src/providers/docker/entrance-config.ts";
import type { Reach } from "../../src/providers/docker/reach.ts";
import type { Resources } from "../../src/providers/docker/resources.ts";
import { keepPorts, keptPorts, settledPorts } from "../../src/providers/entrance-ports.ts";
import { fakeDocker } from "../support/fake-docker.ts";
import { silent } from "../support/plain-image.ts";
import { lab } from "../support/steps.ts";

/** Has the configuration that a test has put there, and notes what it is told to change. */
const fake = fakeDocker(`
case "$*" in
  "cp c9:"*) tar -C "$DIR" -c haproxy.cfg ;;
  "cp -"*) echo "$*" >>"$DIR/changes"; tar -C "$DIR" -xO etc/labwright-entrance/haproxy.cfg >"$DIR/sent" ;;
  "exec --interactive"*) echo "exec $3" >>"$DIR/changes"; cat >"$DIR/sent" ;;
  start*) echo "$*" >>"$DIR/changes"; [ ! -e "$DIR/refuses" ] || { cat "$DIR/refuses" >&2; exit 1; } ;;
  *) echo "$*" >>"$DIR/changes" ;;
esac
`);
const docker = new Docker(localHost());
const engine = (reach: Reach): Engine => ({
  docker,
  facts: {} as EngineFacts,
  own: false,
  reach,
  direct: reach.kind === "direct",
});
const here = engine({ kind: "direct" });

const home = process.env.XDG_DATA_HOME;
let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "lwtest-docker-entrance-"));
  process.env.XDG_DATA_HOME = folder;
  await keepPorts(lab.name, record);
});
after(async () => {
  if (home === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = home;
  await rm(folder, { recursive: true });
});

const wanted: Lab = { ...lab, entrance: { listen: "127.0.0.1", nodePorts: [30_080] } };
const record = settledPorts(wanted, { first: 42_000, ports: {} }) ?? { first: 0, ports: {} };
const made = `{"first":42000,"listen":"127.0.0.1","ports":${JSON.stringify(Object.fromEntries(Object.entries(record.ports).sort()))}}`;
const addresses = new Map([
  ["cp", "10.89.0.10"],
  ["w1", "10.89.0.11"],
]);

const machines = [...addresses].map(([machine, address]) => ({
  ...{ engineId: machine, name: machine, set: "1", claim: { what: machine }, machine, state: "running" },
  ...{ ports: "", address, hostKey: "" },
}));
const resources = (state?: string, text = made): Resources => ({
  containers: machines,
  guards: [],
  entrances:
    state === undefined
      ? []
      : [{ engineId: "c9", name: "e", set: "1", claim: { what: "e" }, state, made: text, record }],
  networks: [],
  copies: [],
});

const put = (file: string, text: string) => writeFile(join(fake.folder, file), text);
const changes = async (): Promise<string[]> =>
  (await readFile(join(fake.folder, "changes"), "utf8")).trimEnd().split("\n");
const right = entranceConfig(wanted, record.ports, addresses);

beforeEach(async () => {
  await put("changes", "");
  await put("haproxy.cfg", right);
  await rm(join(fake.folder, "refuses"), { force: true });
});

const keep = (given: Resources, one: Lab = wanted) =>
  keepEntrance(here, given, {
    lab: one,
    labels: {},
    artifacts: emptyStore,
    activity: silent,
    signal: new AbortController().signal,
  });

test("each machine has a door, and the entrance leads to those that have an address", () => {
  assert.deepEqual(Object.keys(record.ports), [
    ...["api-server", "node-port.30080", "ssh.cp", "ssh.w1", "ssh.spare"],
  ]);
  const servers = right.split("\n").filter((line) => line.startsWith("  server "));
  assert.deepEqual(servers, [
    ...["  server cp 10.89.0.10:6443", "  server cp 10.89.0.10:30080", "  server w1 10.89.0.11:30080"],
    ...["  server cp 10.89.0.10:22", "  server w1 10.89.0.11:22"],
  ]);
});

test("what `up` would do is said of each state, and nothing changes", async () => {
  const why = async (given: Resources, one = wanted) => (await observeEntrance(docker, one, given))?.why;
  assert.equal(await why(resources("running")), undefined);
  assert.match((await why(resources())) ?? "", /^does not exist/);
  assert.match((await why(resources("exited"))) ?? "", /^is not running/);
  assert.match((await why(resources("paused"))) ?? "", /^is paused/);
  const elsewhere = { ...wanted, entrance: { listen: "127.0.0.2" } };
  assert.match((await why(resources("running"), elsewhere)) ?? "", /^listens elsewhere/);
  await put("haproxy.cfg", right.replace("10.89.0.10", "192.0.2.1"));
  assert.match((await why(resources("running"))) ?? "", /^does not lead/);
  assert.match((await why(resources("running"), lab)) ?? "", /^is not in the lab file/);
  assert.equal(await observeEntrance(docker, lab, resources()), undefined);
  assert.deepEqual(await changes(), [""]);
});

test("another configuration is given to the HAProxy that runs; one that does not run is started with it", async () => {
  await keep(resources("running"));
  assert.deepEqual(await changes(), ["exec c9"]);
  assert.equal(await readFile(join(fake.folder, "sent"), "utf8"), right);
  await put("changes", "");
  await keep(resources("paused"));
  assert.deepEqual(await changes(), ["unpause c9", "exec c9"]);
  await put("changes", "");
  await keep(resources("exited"));
  assert.deepEqual(await changes(), ["cp - c9:/", "start c9"]);
  assert.equal(await readFile(join(fake.folder, "sent"), "utf8"), right);
  assert.deepEqual(await keptPorts(lab.name), record);
});

test("a lab file without the key has its entrance removed, and no other container", async () => {
  await keep(resources("running"), lab);
  assert.deepEqual(await changes(), ["rm --force c9"]);
  await put("changes", "");
  await keep(resources(), lab);
  assert.deepEqual(await changes(), [""]);
});

test("an engine that refuses a port is told as a taken port, other refusals in its own words", async () => {
  await put(
    "refuses",
    "Error response from daemon: failed to bind host port 127.0.0.1:42000/tcp: address already in use",
  );
  await assert.rejects(keep(resources("exited")), {
    code: "entrance-port-taken",
    message: /127\.0\.0\.1:42000/,
  });
  await put("refuses", "Error response from daemon: no space left on device");
  await assert.rejects(keep(resources("exited")), {
    code: "entrance-start-failed",
    message: /no space left/,
  });
});

test("an engine elsewhere is not given its own loopback address, and its ports are not looked for here", async () => {
  const elsewhere = engine({ kind: "published", host: "192.0.2.7", bind: "0.0.0.0" });
  await assert.rejects(assertEntrance(elsewhere, wanted, resources()), {
    code: "entrance-address",
    message: /192\.0\.2\.7\), which this computer does not reach/,
  });
  await assertEntrance(elsewhere, { ...wanted, entrance: { listen: "192.0.2.7" } }, resources());
  await assert.rejects(assertEntrance(here, { ...wanted, entrance: { listen: "192.0.2.7" } }, resources()), {
    code: "entrance-address",
    message: /this computer does not have that address/,
  });
});
