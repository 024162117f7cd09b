import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { noComputers } from "../cloud/computers.ts";
import { type CloudService, startCloud } from "../cloud/service.ts";
import { type Interruption, interrupt } from "../support/interrupted.ts";
import { assertStopped, cell, interruptions } from "../support/interruptions.ts";

/** Commands without a lab: programs of this computer and a cloud keep them in the middle. */
const folder = mkdtempSync(join(tmpdir(), "lwtest-here-"));
const bin = join(folder, "bin");
const held = join(folder, "held");
const calls = join(folder, "calls");
after(() => rmSync(folder, { recursive: true, force: true }));

/** A program in front of PATH that holds where its arguments match, and then does what `then` says. */
const program = (name: string, pattern: string, then: string): void =>
  writeFileSync(
    join(bin, name),
    `#!/bin/sh
echo "${name} $*" >>${calls}
case "$*" in ${pattern}) echo >${held}; n=0; while [ -e ${held} ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n+1)); done ;; esac
${then}
`,
    { mode: 0o755 },
  );

const env = {
  PATH: `${bin}:${process.env.PATH}`,
  XDG_DATA_HOME: folder,
  HOME: folder,
  DOCKER_HOST: "",
  HCLOUD_TOKEN: "",
};
const letGo = () => rmSync(held, { force: true });

describe("doctor", () => {
  const doctor = (args: string[], by: readonly Interruption[]) => {
    rmSync(held, { force: true });
    rmSync(calls, { force: true });
    return interrupt({
      args: ["doctor", ...args],
      env,
      until: async (over) => {
        while (!existsSync(held) && !over()) await sleep(20);
      },
      by,
      goOn: letGo,
    });
  };
  before(() => {
    rmSync(bin, { recursive: true, force: true });
    mkdirSync(bin);
    program("incus", "nothing", "exit 1");
  });

  for (const by of interruptions)
    test(cell("doctor", "observes", by), async () => {
      program("docker", "info*", "exit 1");
      const ended = await doctor([], by);
      if (by.includes("pipe")) assert.equal(ended.code, 1);
      else assertStopped(ended, by);
    });

  for (const by of interruptions.slice(0, 4))
    test(cell("doctor --fix", "observes", by), async () => {
      program("docker", "info*", "exit 1");
      for (const name of ["dockerd", "incusd", "apt-get"]) program(name, "nothing", "exit 1");
      assertStopped(await doctor(["--fix"], by), by);
      assert.doesNotMatch(readFileSync(calls, "utf8"), /dockerd|incusd|apt-get/);
    });
});

describe("sweep", () => {
  let service: CloudService;
  beforeEach(async () => {
    service = await startCloud(noComputers());
  });
  afterEach(() => service.close());

  const sweep = (args: string[], path: RegExp, method: string, by: readonly Interruption[]) => {
    let met = false;
    service.faults.push({ method, path, times: 1, delay: 1500, met: () => (met = true) });
    return interrupt({
      args: ["sweep", ...args],
      env: { ...env, HCLOUD_TOKEN: service.token, HCLOUD_ENDPOINT: service.endpoint },
      until: async (over) => {
        while (!met && !over()) await sleep(20);
      },
      by,
    });
  };

  for (const by of interruptions)
    test(cell("sweep", "observes", by), async () => {
      const ended = await sweep([], /servers/, "GET", by);
      if (by.includes("pipe")) assert.equal(ended.code, 0);
      else assertStopped(ended, by);
    });

  const expired = { "labwright-lab": "old", "labwright-id": "1", "labwright-expiry": "20200101T000000Z" };
  for (const by of interruptions)
    test(cell("sweep --delete", "removes", by), async () => {
      const network = await service.cloud.create("networks", {
        name: "old",
        labels: expired,
        ip_range: "10.88.0.0/24",
      });
      await service.cloud.create("load_balancers", {
        name: "lb-old",
        labels: { "hcloud-ccm/service-uid": "5f0c" },
        network: network.id,
      });
      const ended = await sweep(["--delete"], /load_balancers/, "DELETE", by);
      if (by.includes("pipe")) {
        assert.equal(ended.code, 0);
        return assert.deepEqual(service.cloud.list(), []);
      }
      assertStopped(ended, by);
      if (by.length > 1) return;
      // The cloud is not asked any further: whether the request that was cut off was heard, the next run sees.
      assert.match(ended.output, /in the middle: remove load-balancer lb-old; not begun: remove network old/);
      assert.match(ended.output, /Run `labwright sweep --delete` again/);
      assert.ok(service.cloud.list().includes("networks old"));
    });
});
