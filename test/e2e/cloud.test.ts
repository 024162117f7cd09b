import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { containerComputers } from "../cloud/containers.ts";
import { type CloudService, startCloud } from "../cloud/service.ts";
import { type Report, shapeOf } from "./smoke-report.ts";
import { jumpMachines, long } from "./support.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
const computers = await containerComputers();
const skip = computers === undefined && "no Docker engine whose containers can be reached from here";
let service: CloudService;
let folder: string;
let inCloud: Report;

before(async () => {
  if (!computers) return;
  service = await startCloud(computers);
  folder = await mkdtemp(join(tmpdir(), "labwright-e2e-cloud-"));
  await writeFile(
    join(folder, "lab.yaml"),
    "name: cloud\nprovider: pulumi\nmachines: [{ name: cp, role: control-plane }, { name: w, role: worker }]\n",
  );
});
after(async () => {
  await service?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/**
 * Runs labwright in its own process group, as a CI job does; `killAt` is a line of its output at which all of it is
 * killed, `env` goes beyond the environment of the cloud.
 */
async function labwright(args: string[], { killAt, env }: { killAt?: RegExp; env?: NodeJS.ProcessEnv } = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    detached: true,
    env: {
      ...process.env,
      CI: "true",
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache"),
      XDG_DATA_HOME: folder,
      KUBECONFIG: join(folder, "kubeconfig"),
      HCLOUD_TOKEN: service.token,
      HCLOUD_ENDPOINT: service.endpoint,
      LABWRIGHT_ADDRESS_SERVICE: service.addressService,
      GITHUB_STEP_SUMMARY: join(folder, "step-summary.md"),
      ...env,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      output += data;
      if (killAt?.test(output) && child.exitCode === null && child.signalCode === null)
        process.kill(-(child.pid ?? 0), "SIGKILL");
    });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

const there = () => service.cloud.list();

describe("labwright in a cloud whose servers are containers", { skip }, () => {
  /** Creates and deletes a lab, with a report of each kind. */
  async function smoke(provider: string, env: NodeJS.ProcessEnv = {}): Promise<Report> {
    const [junit, summary] = [`${provider}.xml`, `${provider}.md`];
    const ran = await labwright(
      [
        ...["smoke", "--file", "whole.yaml", "--provider", provider, "--exercise", "docker-macvlan"],
        ...["--json", "--junit", junit, "--summary", summary, "--evidence", "logs"],
      ],
      { env },
    );
    assert.equal(ran.code, 0, ran.output);
    const text = (name: string) => readFile(join(folder, name), "utf8");
    return { junit: await text(junit), summary: await text(summary), lines: ran.output };
  }

  test("smoke creates and deletes a lab, with its reports, and no secret is in any of them", async () => {
    await writeFile(join(folder, "whole.yaml"), `name: whole\n${jumpMachines()}`);
    inCloud = await smoke("pulumi");
    assert.deepEqual(there(), []);
    const { junit, summary } = inCloud;
    assert.match(junit, /<testsuite name="verify: /);
    assert.match(summary, /\| up \| ✅ passed \|[\s\S]*\| down \| ✅ passed \|/);
    assert.match(summary, /Costs \d\.\d{4} EUR an hour: 4 servers/);
    assert.equal(await readFile(join(folder, "step-summary.md"), "utf8"), summary);
    for (const text of Object.values(inCloud)) assert.ok(!text.includes(service.token));
  });

  test("without any cloud, on the docker provider, the report is the very same but for times and costs", {
    skip: long,
  }, async () => {
    const { XDG_DATA_HOME } = process.env;
    assert.deepEqual(shapeOf(await smoke("docker", { XDG_DATA_HOME })), shapeOf(inCloud));
  });

  test("killed inside kubeadm: what is left is listed by sweep, kept until it expires, then swept away without any state", async () => {
    const killed = await labwright(["up"], { killAt: /kubeadm-init.*\[(certs|etcd|kubelet-start)\]/ });
    assert.equal(killed.code, null, killed.output);
    assert.equal(there().length, 5);
    await rm(join(folder, "labwright"), { recursive: true });
    assert.equal((await labwright(["sweep", "--delete"])).code, 0);
    assert.equal(there().length, 5);
    for (const things of Object.values(service.cloud.things))
      for (const thing of things.values())
        thing.labels = { ...thing.labels, "labwright-expiry": "20200101T000000Z" };
    service.cloud.things.ssh_keys.set(1, {
      id: 1,
      name: "theirs",
      labels: {},
      created: new Date().toISOString(),
    });
    assert.match((await labwright(["sweep"])).output, /5 have expired/);
    assert.equal(there().length, 6);
    assert.equal((await labwright(["sweep", "--delete"])).code, 0);
    assert.deepEqual(there(), ["ssh_keys theirs"]);
    service.cloud.things.ssh_keys.clear();
  });

  test("killed inside down: the next down takes the rest away", async () => {
    await labwright(["up"], { killAt: /boot cp {2}changed/ });
    const remove = computers?.remove;
    if (computers) computers.remove = (name) => delay(2000).then(() => remove?.(name));
    const killed = await labwright(["down"], { killAt: /remove the machines {2}…/ });
    if (computers && remove) computers.remove = remove;
    assert.equal(killed.code, null, killed.output);
    assert.notEqual(there().length, 0);
    assert.equal((await labwright(["down"])).code, 0);
    assert.deepEqual(there(), []);
  });

  test("a server that never boots is told after the limit, and taken away", { skip: long }, async () => {
    await writeFile(
      join(folder, "dead.yaml"),
      "name: dead\nprovider: pulumi\nmachines: [{ name: cp, role: control-plane }]\ncloud: { bootLimit: 1m }\n",
    );
    const boot = computers?.powerOn;
    if (computers) computers.powerOn = async () => {};
    const ran = await labwright(["smoke", "--file", "dead.yaml", "--summary", "dead.md"]);
    if (computers && boot) computers.powerOn = boot;
    assert.equal(ran.code, 1, ran.output);
    assert.match(await readFile(join(folder, "dead.md"), "utf8"), /sshd has not answered for 60 s/);
    assert.deepEqual(there(), []);
  });
});
