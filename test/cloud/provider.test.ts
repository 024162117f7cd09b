import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { pulumiAtHand } from "../../src/artifacts/modules/pulumi.ts";
import { LabwrightError } from "../../src/errors.ts";
import { ensureLabId } from "../../src/lab/identity.ts";
import { pulumiFolder, stateFolder } from "../../src/providers/pulumi/folders.ts";
import { open } from "../../src/providers/pulumi/provider.ts";
import { noComputers } from "./computers.ts";
import { enterCloud } from "./environment.ts";
import { killedAt, type Moment } from "./killed.ts";
import { labIn, quiet } from "./lab.ts";
import type { CloudService } from "./service.ts";

/** The real engine and the real plugin against the service; there is nothing behind its servers. */
const skip =
  !(await pulumiAtHand()) && "Pulumi has not been compiled here yet: `labwright up` with a cloud does it";

const signal = AbortSignal.any([]);
let service: CloudService;

let leave = async (): Promise<void> => {};

before(async () => {
  ({ service, leave } = await enterCloud(noComputers()));
});
after(() => leave());
afterEach(() => {
  service.faults.length = 0;
});

const all = (lab: string) =>
  [
    "servers labwright-X-cp",
    "servers labwright-X-jump--host",
    "networks labwright-X",
    "firewalls labwright-X",
    "ssh_keys labwright-X",
  ]
    .map((name) => name.replace("X", lab))
    .sort();
const make = async (lab: string): Promise<void> => (await open(labIn(lab))).make({ activity: quiet, signal });
const away = async (lab: string): Promise<string[]> => (await open(labIn(lab))).destroy(quiet);
const there = () => service.cloud.list().sort();
const changes = () => service.calls.filter((call) => !call.startsWith("GET"));
const codeOf = (error: unknown) => (error instanceof LabwrightError ? error.code : String(error));

describe("a lab in a cloud", { skip }, () => {
  test("is made, tagged from its first moment; a second time nothing changes; what was deleted is made again", async () => {
    await make("one");
    assert.deepEqual(there(), all("one"));
    for (const things of Object.values(service.cloud.things))
      for (const { labels, name } of things.values()) assert.equal(labels["labwright-lab"], "one", name);
    const balancer = await service.cloud.create("load_balancers", {
      name: "of-a-service",
      labels: { "hcloud-ccm/service-uid": "5f0c" },
      network: [...service.cloud.things.networks.keys()][0],
    });
    service.calls.length = 0;
    await make("one");
    assert.deepEqual(changes(), [], "also where the cluster has made something for itself");
    await service.cloud.remove("load_balancers", balancer.id);
    const jump = [...service.cloud.servers()].find(({ name }) => name.endsWith("jump--host"));
    await service.cloud.remove("servers", jump?.id ?? 0);
    await make("one");
    assert.deepEqual(there(), all("one"));
  });

  test("keeps token, passphrase and host keys out of its files, but for the passphrase's own", async () => {
    const passphrase = (await readFile(join(pulumiFolder("one"), "passphrase"), "utf8")).trim();
    const files = await readdir(pulumiFolder("one"), { recursive: true, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile() && file.name !== "passphrase")
      .map((file) => readFile(join(file.parentPath, file.name), "utf8"));
    assert.ok(texts.length > 5);
    for (const text of await Promise.all(texts))
      for (const secret of [service.token, passphrase, "PRIVATE KEY"]) assert.ok(!text.includes(secret));
  });

  test("is adopted if the state is lost, without creating a server again, and changed to what is wanted now", async () => {
    const ids = service.cloud.servers().map(({ id }) => id);
    await rm(stateFolder("one"), { recursive: true });
    service.calls.length = 0;
    process.env.LABWRIGHT_OWNER = "another";
    await make("one");
    for (const things of Object.values(service.cloud.things))
      for (const { labels, name } of things.values())
        assert.equal(labels["labwright-owner"], "another", name);
    assert.deepEqual(
      service.cloud.servers().map(({ id }) => id),
      ids,
    );
    assert.deepEqual(
      changes().filter((call) => /^(POST|DELETE) \/servers(\/\d+)?$/.test(call)),
      [],
    );
    await make("one");
  });

  test("is adopted where a killed engine has cut the state short", async () => {
    const ids = service.cloud.servers().map(({ id }) => id);
    await writeFile(join(stateFolder("one"), ".pulumi/stacks/labwright/one.json"), "");
    await make("one");
    assert.deepEqual(
      service.cloud.servers().map(({ id }) => id),
      ids,
    );
  });

  test("goes on past a stale lock, and is taken away without Pulumi", async () => {
    const locks = join(stateFolder("one"), ".pulumi/locks/organization/labwright/one");
    await import("node:fs/promises").then(({ mkdir }) => mkdir(locks, { recursive: true }));
    const lock = {
      pid: 999_999,
      username: "x",
      hostname: (await import("node:os")).hostname(),
      timestamp: new Date(),
    };
    await writeFile(join(locks, "stale.json"), JSON.stringify(lock));
    await make("one");
    assert.equal((await away("one")).length, 5);
    assert.deepEqual(there(), []);
    assert.deepEqual(await away("one"), []);
  });

  for (const [what, fault, code] of [
    ["a quota", { status: 403, code: "resource_limit_exceeded" }, "cloud-quota"],
    ["a type that is sold out", { status: 412, code: "resource_unavailable" }, "cloud-sold-out"],
    ["a name that is taken", { status: 409, code: "uniqueness_error" }, "name-taken"],
  ] as const)
    test(`${what} is ${code} with the cloud's words, and the next run makes only what is missing`, async () => {
      service.faults.push({ method: "POST", path: /^\/servers$/, message: "so it is", ...fault });
      await assert.rejects(make("two"), (error) => {
        assert.equal(codeOf(error), code);
        assert.match((error as LabwrightError).output ?? "", /so it is/);
        return true;
      });
      service.faults.length = 0;
      service.calls.length = 0;
      await make("two");
      assert.deepEqual(there(), all("two"));
      assert.ok(
        changes().every((call) => call.includes("/servers")),
        changes().join(),
      );
      await away("two");
    });

  test("what a killed run has asked for, and the cloud carries out only while we make it, is taken in", async () => {
    const id = await ensureLabId("late");
    const late = () =>
      service.cloud.create("servers", {
        name: "labwright-late-cp",
        labels: { "labwright-lab": "late", "labwright-id": id, "labwright-machine": "cp" },
        server_type: "cpx22",
        image: "debian-12",
        location: "nbg1",
      });
    const request = { method: "POST", path: /^\/servers$/, times: 1, delay: 500 };
    service.faults.push({ ...request, met: () => void late() });
    await make("late");
    assert.deepEqual(there(), all("late"));
    assert.ok(service.cloud.servers().every(({ private_net }) => private_net.length === 1));
    await away("late");
  });

  test("names that the cloud does not have are told before anything is made, with the nearest", async () => {
    const lab = labIn("three", "size: cx24");
    await assert.rejects(
      async () => (await open(lab)).make({ activity: quiet, signal }),
      (error) => {
        assert.equal(codeOf(error), "cloud-unknown-name");
        assert.match((error as LabwrightError).remedy, /did you mean cx23/);
        return true;
      },
    );
    assert.deepEqual(there(), []);
  });

  /** Requests in whose midst a run and all that it started is killed, as a CI job is; the answer never comes. */
  const moments: [string, Moment, boolean][] = [
    ["before the network is made", { method: "POST", path: /^\/networks$/ }, false],
    ["after a server is made and before the checkpoint", { method: "POST", path: /^\/servers$/ }, true],
    ["when the second server is made", { method: "POST", path: /^\/servers$/, skip: 1 }, true],
    ["when a server is attached to the network", { method: "POST", path: /attach_to_network$/ }, true],
  ];
  for (const [index, [when, request, carriedOut]] of moments.entries())
    for (const next of ["up", "down"] as const)
      test(`killed ${when}: the next ${next} mends it`, async () => {
        const lab = `killed-${index}-${next}`;
        await killedAt(service, [lab], request, carriedOut);
        service.faults.length = 0;
        if (next === "up") {
          await make(lab);
          assert.deepEqual(there(), all(lab));
          assert.ok(
            service.cloud
              .servers()
              .every(({ private_net, status }) => private_net.length === 1 && status === "running"),
          );
          service.calls.length = 0;
          await make(lab);
          assert.deepEqual(changes(), []);
        }
        await away(lab);
        assert.deepEqual(there(), []);
        assert.deepEqual(await pluginsOf(lab), []);
      });
});

/** Command lines of the lab's plugins that still run. */
async function pluginsOf(lab: string): Promise<string[]> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    processes.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.startsWith(pulumiFolder(lab)));
}
