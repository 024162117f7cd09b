import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { labFolder } from "../../src/paths.ts";
import { long, succeeds, type TestLab, testLab } from "./support.ts";

/** One machine, whose entrance leads to whatever machine there is. */
const text = (entrance: string): string => `machines: [{ name: cp, role: control-plane }]
cluster: { network: { plugin: flannel } }
entrance: ${entrance}
`;
const name = "e2e-entrance";
const container = `labwright-${name}.entrance.haproxy`;

let lab: TestLab;
before(async () => {
  lab = await testLab(name, text("true"));
  await lab.labwright(["down"]);
});
after(async () => {
  await lab?.labwright(["down"]);
  assert.deepEqual(await lab?.leftovers(), []);
});

const write = (entrance: string): Promise<void> => writeFile(lab.file, `name: ${name}\n${text(entrance)}`);

const docker = (words: string[]) => lab.engine.docker.run(sh`${words}`, { accept: "any" });

const idOf = (one: string): Promise<string> => docker(["inspect", "--format", "{{.Id}}", one]);

interface Entrance {
  state: string;
  host: string;
  ports: Record<string, number>;
}

async function entrance(): Promise<Entrance> {
  const { stdout } = await localHost().run(
    sh`${process.execPath} src/main.ts status --json --file ${lab.file} 2>/dev/null`,
  );
  return (JSON.parse(stdout) as { entrance: Entrance }).entrance;
}

/** SSH by plain OpenSSH, kubectl with the API server's certificate, and nginx, all through the entrance. */
async function leadsTo(host: string, ports: Record<string, number>): Promise<string> {
  const config = join(labFolder(name), "ssh_config");
  const settings = (await localHost().run(sh`ssh -G -F ${config} cp`)).stdout;
  assert.match(settings, new RegExp(`^hostname ${host}$`, "m"));
  assert.match(settings, new RegExp(`^port ${ports["ssh.cp"]}$`, "m"));
  const boot = await localHost().run(
    sh`ssh -F ${config} -o BatchMode=yes cp "hostname; cat /etc/machine-id"`,
  );
  assert.match(boot.stdout, /^cp\n/);
  const kubeconfig = await readFile(lab.kubeconfig, "utf8");
  assert.ok(kubeconfig.includes(`server: https://${host}:${ports["api-server"]}\n`), kubeconfig);
  assert.doesNotMatch(kubeconfig, /insecure|tls-server-name/);
  const nodes = await localHost().run(
    sh`KUBECONFIG=${lab.kubeconfig} kubectl --context ${name} get nodes --output name`,
  );
  assert.equal(nodes.stdout, "node/cp\n");
  const page = await fetch(`http://${host}:${ports["node-port.30080"]}/`, {
    signal: AbortSignal.timeout(5000),
  });
  assert.equal(page.status, 200);
  return boot.stdout;
}

test("killed in the middle of `up`, and again: SSH, the API server and nginx answer at the entrance", async (t) => {
  const killed = await lab.labwright(["up"], { killWhen: /the entrance/, killAfter: 1500 });
  assert.equal(killed.code, null, killed.output);
  succeeds(await lab.labwright(["up"]));
  const { state, host, ports } = await entrance();
  assert.equal(state, "running");
  t.diagnostic(`${host} ${JSON.stringify(ports)}`);
  await leadsTo(host, ports);
  const config = ["exec", container, "haproxy", "-c", "-f", "/etc/labwright-entrance/haproxy.cfg"];
  assert.match(await docker(config), /valid/);
});

test("a second `up` changes nothing", async () => {
  const before = await idOf(container);
  assert.match(succeeds(await lab.labwright(["up"])).output, /^Nothing to do/m);
  assert.match(succeeds(await lab.labwright(["plan"])).output, /^Nothing to do/m);
  assert.equal(await idOf(container), before);
});

test("a machine reaches the doors of the entrance, and no other port of it", async () => {
  const { ports } = await entrance();
  const address = await docker([
    "inspect",
    "--format",
    "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
    container,
  ]);
  const script = `for port in $(seq 65535); do (exec 3<>/dev/tcp/${address}/$port) 2>/dev/null && echo $port; done; true`;
  const open = (await lab.inside("cp", script)).trim().split("\n").map(Number);
  assert.deepEqual(
    open,
    Object.values(ports).sort((a, b) => a - b),
  );
});

test("killed or deleted, the entrance is shown by `plan` and `verify`, and `up` repairs it", async () => {
  const { host, ports } = await entrance();
  for (const damage of [
    ["kill", container],
    ["rm", "--force", container],
    ["pause", container],
  ]) {
    await docker(damage);
    assert.match((await lab.labwright(["plan"])).output, /the entrance (is|does) not|the entrance is paused/);
    assert.equal((await lab.labwright(["verify"])).code, 1);
    assert.match(succeeds(await lab.labwright(["up"])).output, /^Done: 1 task changed/m);
    assert.deepEqual((await entrance()).ports, ports);
    await leadsTo(host, ports);
  }
});

test("a configuration that leads elsewhere is put right, and an open connection stays", async () => {
  const { host, ports } = await entrance();
  const config = join(labFolder(name), "ssh_config");
  const session = localHost().run(sh`ssh -F ${config} cp 'sleep 20; echo stayed'`);
  const change =
    "sed -i 's/10\\.89\\.[0-9.]*:/192.0.2.99:/' /etc/labwright-entrance/haproxy.cfg && kill -USR2 1";
  await docker(["exec", "--user", "root", container, "sh", "-c", change]);
  assert.match((await lab.labwright(["plan"])).output, /the entrance does not lead to the lab's machines/);
  const before = await idOf(container);
  succeeds(await lab.labwright(["up"]));
  assert.equal(await idOf(container), before);
  await leadsTo(host, ports);
  assert.equal((await session).stdout, "stayed\n");
});

test("the machine is created again, and the same ports lead to the new one", async () => {
  const { host, ports } = await entrance();
  const before = await leadsTo(host, ports);
  const id = await idOf(container);
  succeeds(await lab.labwright(["reset", "--machine", "cp", "--rebuild"]));
  assert.notEqual(await leadsTo(host, ports), before);
  assert.deepEqual([await idOf(container), (await entrance()).ports], [id, ports]);
});

test("`pause` freezes the entrance, `resume` lets it go on", { skip: long }, async () => {
  const { host, ports } = await entrance();
  succeeds(await lab.labwright(["pause"]));
  assert.equal((await entrance()).state, "paused");
  succeeds(await lab.labwright(["resume"]));
  await leadsTo(host, ports);
});

test("a port that is taken, and an address that is not this computer's, are refused before anything changes", async () => {
  const before = await idOf(container);
  const server = createServer().listen(41_001, "127.0.0.1");
  try {
    await write("{ firstPort: 41000 }");
    for (const command of ["plan", "up"]) {
      const { code, output } = await lab.labwright([command]);
      assert.equal(code, 1);
      assert.match(output, /the entrance cannot listen at 127\.0\.0\.1:41001: another program does/);
    }
  } finally {
    server.close();
  }
  await write("{ listen: 192.0.2.222 }");
  assert.match((await lab.labwright(["up"])).output, /this computer does not have that address/);
  await write("{ listen: 0.0.0.0, name: no-such-name.invalid }");
  assert.match((await lab.labwright(["up"])).output, /does not know the name no-such-name\.invalid/);
  assert.equal(await idOf(container), before);
});

test("another address of this computer enters the API server's certificate, and `up` says who reaches it", async () => {
  const own = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ family, internal }) => family === "IPv4" && !internal);
  assert.ok(own, "this computer has an address of a network");
  await write(`{ listen: ${own.address} }`);
  const up = succeeds(await lab.labwright(["up"]));
  assert.match(up.output, new RegExp(`^Note: the entrance listens at ${own.address}: every computer`, "m"));
  const { host, ports } = await entrance();
  assert.equal(host, own.address);
  await leadsTo(host, ports);
  assert.match(succeeds(await lab.labwright(["reset", "--dry-run"])).output, /^Nothing to reset/);
});

test("a lab whose folder was lost keeps its ports when it is adopted", { skip: long }, async () => {
  const { host, ports } = await entrance();
  await rm(labFolder(name), { recursive: true });
  assert.match((await lab.labwright(["up"])).output, /container labwright-e2e-entrance\.entrance\.haproxy/);
  assert.match(succeeds(await lab.labwright(["adopt", "--yes"])).output, /entrance\.haproxy/);
  succeeds(await lab.labwright(["up"]));
  assert.deepEqual((await entrance()).ports, ports);
  await leadsTo(host, ports);
});

test("without the key the entrance is removed, and the lab is reached as before", async () => {
  await write("false");
  assert.match(
    (await lab.labwright(["plan"])).output,
    /the entrance is not in the lab file, and will be removed/,
  );
  succeeds(await lab.labwright(["up"]));
  assert.equal(await lab.engine.docker.has("container", container), false);
  assert.match(await readFile(lab.kubeconfig, "utf8"), /server: https:\/\/10\.89\.[\d.]+:6443\n/);
});
