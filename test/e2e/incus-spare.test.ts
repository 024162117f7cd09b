import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { liveSet } from "../../src/lab/machine-set.ts";
import { labFolder } from "../../src/paths.ts";
import { findIncus } from "../../src/providers/incus/engine.ts";
import { projectName } from "../../src/providers/incus/names.ts";
import { inSeconds } from "../../src/wording.ts";
import { incusCandidate } from "../contract/providers-incus-candidate.ts";
import { destroyed, hostKeysIn, leadsThere, listedSpares, refilled, told } from "./spares.ts";
import { long, outputOf, succeeds, type TestLab, testLab } from "./support.ts";

const engine = await findIncus();
const skip = engine
  ? false
  : "no Incus server answers on this host (`labwright doctor --fix --provider incus`)";
const name = "e2e-incus-spare";

const instancesSchema = z.array(
  z.object({ name: z.string(), status: z.string(), config: z.record(z.string(), z.string()) }),
);

describe("a lab on incus is reset from a spare", { skip }, () => {
  let lab: TestLab;
  let earlier: string[];

  const instancesOf = async (set: string): Promise<z.output<typeof instancesSchema>> =>
    engine
      ? engine.incus.query(
          `/1.0/instances?recursion=1&project=${projectName({ name, set })}`,
          instancesSchema,
        )
      : [];

  /** Runs a command as root on the control plane of the set that people work with, past labwright. */
  async function inside(script: string): Promise<void> {
    const project = projectName({ name, set: await liveSet(name) });
    await engine?.incus.run(sh`exec --project ${project} ${engine.incus.at("cp")} -- bash -c ${script}`);
  }

  /** What no lab may leave behind: interfaces, and rules about them. */
  const surroundings = async (): Promise<string[]> => {
    const { stdout } = await localHost().run(sh`
      iptables -w -S DOCKER-USER 2>/dev/null
      ls /sys/class/net | grep -e ^lw-
      true`);
    return stdout.trim().split("\n").sort();
  };

  const answers = async (address: string): Promise<boolean> => {
    const signal = AbortSignal.timeout(1000);
    const page = await fetch(`http://${address}:30080/`, { signal }).catch(() => undefined);
    return (await page?.text().catch(() => ""))?.includes("nginx") ?? false;
  };

  /** Everything leads to the set that people work with, and nginx answers on each of its nodes. */
  async function leads(): Promise<void> {
    await leadsThere(lab);
    const instances = await instancesOf(await liveSet(name));
    assert.deepEqual(
      instances.map(({ status }) => status),
      ["Running", "Running"],
    );
    for (const { config } of instances) {
      const address = config["user.labwright.address"] ?? "";
      assert.ok(await answers(address), address);
    }
  }

  before(async () => {
    const machines = "[{ name: cp, role: control-plane }, { name: w1, role: worker }]";
    lab = await testLab(name, `provider: incus\nmachines: ${machines}\n`);
    await lab.labwright(["down"]);
    earlier = await surroundings();
    succeeds(await lab.labwright(["up"]));
  });
  after(async () => {
    await lab?.labwright(["down"]);
  });

  test("a spare is made while the lab is used, and is frozen", async (t) => {
    const before = await readFile(lab.kubeconfig, "utf8");
    const added = succeeds(await lab.labwright(["spare", "add"]));
    t.diagnostic(`spare add: ${inSeconds(added.seconds)}`);
    assert.match(added.output, /Made: 1 spare \(2\), verified and frozen/);
    const { live, wanted, spares } = await listedSpares(lab);
    assert.deepEqual(
      [live, wanted, spares.map(({ set, flaw }) => [set, flaw])],
      ["1", 1, [["2", undefined]]],
    );
    assert.deepEqual(
      (await instancesOf("2")).map(({ status }) => status),
      ["Frozen", "Frozen"],
    );
    assert.equal(await readFile(lab.kubeconfig, "utf8"), before);
    await leads();
    assert.match(await outputOf(lab, ["up"]), /Nothing to do/);
  });

  test("a lab that cannot be repaired takes the spare; the former machines become the next one", async (t) => {
    const hostKeys = await hostKeysIn(lab);
    const addresses = (await instancesOf("2")).map(({ config }) => config["user.labwright.address"] ?? "");
    await inside(destroyed);
    const began = Date.now();
    const ranAll = lab.labwright(["reset", "--spare"]);
    let ended = false;
    const reached = (async () => {
      for (; !ended; await sleep(50))
        if ((await Promise.all(addresses.map(answers))).every(Boolean)) return (Date.now() - began) / 1000;
      return undefined;
    })();
    const ran = await ranAll.finally(() => {
      ended = true;
    });
    const nginx = await reached;
    t.diagnostic(told(ran));
    t.diagnostic(`whole command: ${inSeconds(ran.seconds)}; nginx on every node: ${inSeconds(nginx ?? 0)}`);
    succeeds(ran);
    assert.ok(nginx !== undefined);
    assert.match(ran.output, /^Reset by taking the spare 2, made \d+ (s|min) ago, in/m);
    assert.match(ran.output, /2 nodes: lease renewed since the command began/);
    assert.match(ran.output, /the baseline is equal/);
    assert.match(ran.output, /Spares are made in the background/);
    assert.equal(await liveSet(name), "2");
    await leads();
    assert.deepEqual(await hostKeysIn(lab), hostKeys);
    assert.deepEqual(
      (await refilled(lab)).spares.map(({ set }) => set),
      ["1"],
    );
    assert.match(await outputOf(lab, ["up"]), /Nothing to do/);
    assert.match(await outputOf(lab, ["reset", "--dry-run"]), /^Nothing to reset/);
  });

  test("killed in the middle, a reset is run again, and there is one lab and no orphan", {
    skip: long,
  }, async () => {
    for (const killAfter of [1500, 4000]) {
      await inside("touch /etc/damaged");
      const killed = await lab.labwright(["reset", "--spare"], { killWhen: /reset e2e-/, killAfter });
      assert.equal(killed.code, null, killed.output);
      const again = await lab.labwright(["reset"]);
      assert.equal(again.code, 0, `${killAfter}: ${killed.output}\n${again.output}`);
      await leads();
      await lab.labwright(["spare", "refill"]);
      const { spares, live } = await refilled(lab);
      assert.equal(spares.length, 1, JSON.stringify(spares));
      const things = await incusCandidate.things(name);
      assert.equal(things.length, 8, `${live}: two projects, two networks, four instances: ${things}`);
    }
  });

  test("a spare can be dropped, and the lab goes on", async () => {
    const [spare] = (await listedSpares(lab)).spares;
    assert.match(await outputOf(lab, ["spare", "drop", spare?.set ?? ""]), /Removed: 1 spare/);
    assert.deepEqual((await listedSpares(lab)).spares, []);
    assert.equal((await incusCandidate.things(name)).length, 4);
    await leads();
    const none = await lab.labwright(["reset", "--spare"]);
    assert.equal(none.code, 1);
    assert.match(none.output, /no spare/);
  });

  test("`down` ends a run that makes spares, and leaves no instance, network, project or rule", async () => {
    const adding = lab.labwright(["spare", "add"]);
    for (let tries = 0; tries < 100 && !(await listedSpares(lab)).maker; tries++) await sleep(300);
    await sleep(4000);
    succeeds(await lab.labwright(["down"]));
    assert.equal((await adding).code, 130);
    assert.deepEqual(await incusCandidate.things(name), []);
    assert.deepEqual(await surroundings(), earlier);
    for (const set of ["", ".1", ".2"]) assert.ok(!existsSync(labFolder(`${name}${set}`)));
  });
});
