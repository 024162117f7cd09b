import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { findIncus } from "../../src/providers/incus/engine.ts";
import { incusCandidate } from "../contract/providers-incus-candidate.ts";
import { type Ran, succeeds, type TestLab, testLab } from "./support.ts";

const engine = await findIncus();
const skip = engine
  ? false
  : "no Incus server answers on this host (`labwright doctor --fix --provider incus`)";

describe("a cluster on incus", { skip }, () => {
  let lab: TestLab;
  let earlier: string[];
  const name = "e2e-incus";

  /** What must be the same before and after: pools, the host's mounts below them, and rules about bridges. */
  const surroundings = async (): Promise<string[]> => {
    const { stdout } = await localHost().run(sh`
      cut -d ' ' -f 2 /proc/mounts | grep -e incus -e ${name}
      iptables -w -S DOCKER-USER 2>/dev/null
      ls /sys/class/net | grep -e ^lw-
      true`);
    return stdout.trim().split("\n").sort();
  };
  before(async () => {
    const machines = "[{ name: cp, role: control-plane }, { name: w1, role: worker }]";
    lab = await testLab(name, `provider: incus\nmachines: ${machines}\n`);
    await lab.labwright(["down"]);
    earlier = await surroundings();
  });
  after(async () => {
    await lab?.labwright(["down"]);
  });

  test("up makes two Ready nodes, and nginx answers on both", async () => {
    succeeds(await lab.labwright(["up", "--timeline"]));
    const nodes = await lab.labwright([
      "ssh",
      "cp",
      "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o wide --no-headers",
    ]);
    const ready = nodes.output.split("\n").filter((line) => /\bReady\b/.test(line));
    assert.equal(ready.length, 2, nodes.output);
    for (const line of ready) {
      const address = /\d+\.\d+\.\d+\.\d+/.exec(line)?.[0];
      assert.equal((await fetch(`http://${address}:30080/`)).status, 200, line);
    }
  });

  test("the second up changes nothing, in one round trip a machine, and verify finds all well", async () => {
    const ran = await lab.labwright(["up"]);
    succeeds(ran);
    assert.match(ran.output, /Nothing to do: .*\(\d+\.\d s, 2 round trips\)/);
    succeeds(await lab.labwright(["verify"]));
  });

  test("another provider does not take the lab's folder away from its machines", async () => {
    for (const command of ["up", "plan", "down"]) {
      const { code, output } = await lab.labwright([command, "--provider", "docker"]);
      assert.equal(code, 1, output);
      assert.match(output, /"e2e-incus" was created with the provider "incus"/);
    }
    assert.deepEqual(await lab.leftovers(), [], "Docker has nothing of the lab");
    assert.match((await lab.labwright(["up"])).output, /Nothing to do/);
  });

  test("a snapshot is restored, also after a restore that was killed and from a paused lab; `delete` removes it", async (t) => {
    const kubectl = async (words: string): Promise<string> => {
      const ran = await lab.labwright([
        "ssh",
        "cp",
        `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words}`,
      ]);
      succeeds(ran);
      return ran.output;
    };
    const told = (ran: Ran): void => {
      succeeds(ran);
      t.diagnostic(/^(Saved|Restored).*$/m.exec(ran.output)?.[0] ?? ran.output);
    };
    told(await lab.labwright(["snapshot", "save", "one"]));
    await kubectl("create namespace later");
    succeeds(await lab.labwright(["pause"]));
    const restore = ["snapshot", "restore", "one", "--yes"];
    await lab.labwright(restore, { killWhen: /stop cp {2}changed/, killAfter: 0 });
    assert.match(
      (await lab.labwright(["up"])).output,
      /the restore of the snapshot "one".* was not completed/,
    );
    told(await lab.labwright(restore));
    assert.doesNotMatch(await kubectl("get namespaces"), /later/);
    assert.match((await lab.labwright(["plan"])).output, /Nothing to do/);
    succeeds(await lab.labwright(["snapshot", "save", "two"]));
    succeeds(await lab.labwright(["snapshot", "delete", "one", "--yes"]));
    assert.match((await lab.labwright(restore)).output, /has no snapshot "one"/);
    succeeds(await lab.labwright(["up", "--recreate", "w1"]));
    const damaged = await lab.labwright(["snapshot", "restore", "two", "--yes"]);
    assert.equal(damaged.code, 1, damaged.output);
    assert.match(damaged.output, /is damaged: the snapshot of w1 is missing/);
  });

  test("down leaves nothing: instances, networks, profiles, projects, mounts, rules", async () => {
    assert.notDeepEqual(await incusCandidate.things(name), []);
    succeeds(await lab.labwright(["down"]));
    assert.deepEqual(await incusCandidate.things(name), []);
    assert.deepEqual(await surroundings(), earlier);
    const again = await lab.labwright(["down"]);
    assert.match(again.output, /There was nothing to take away/);
  });
});
