import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { emptyStore } from "../../../src/artifacts/lazy.ts";
import type { ApplyContext, BoundStep, Facts } from "../../../src/engine/step.ts";
import { runAll } from "../../../src/hosts/batch.ts";
import type { Command } from "../../../src/hosts/sh.ts";
import type { Host, Output } from "../../../src/hosts/types.ts";
import type { Lab, Machine } from "../../../src/lab/types.ts";
import { familyIn } from "../../../src/linux/family.ts";
import { systemPackages } from "../../../src/steps/machine/system-packages.ts";
import { hostState, stateChanges } from "../../support/host-state.ts";
import { type PlainSite, plainSite } from "../../support/plain-machine.ts";

const said = (stdout: string): Output => ({ code: 0, stdout, stderr: "" });
const machine: Machine = { name: "plain", role: "worker", user: "root", sudo: "none" };
const notes: string[] = [];
const context: ApplyContext = {
  lab: { name: "test", machines: [machine] } as unknown as Lab,
  machine,
  addresses: new Map(),
  reach: () => undefined,
  signal: new AbortController().signal,
  on: () => Promise.reject(new Error("no other machine is asked")),
  note: (text) => notes.push(text),
  leave: (text) => notes.push(text),
};

async function factsOf(step: BoundStep, host: Host): Promise<Facts> {
  return runAll(host, step.probe(context) as Record<string, Command>);
}

/** Opened before the first test, and not while the file is loaded: `--test-force-exit` waits for no file's loading. */
const sites: { offline?: PlainSite | undefined; online?: PlainSite | undefined } = {};
before(async () => {
  sites.offline = await plainSite({ word: "packages-off", offline: true });
  sites.online = await plainSite({ word: "packages-on" });
});
after(() => Promise.all([sites.offline?.close(), sites.online?.close()]));

/** A test on a site, skipped if there is no engine for it. */
const onSite = (title: string, where: keyof typeof sites, work: (plain: PlainSite) => Promise<void>) =>
  test(title, async (t) => {
    const plain = sites[where];
    if (!plain) return t.skip("no Docker engine whose containers can be reached from here");
    await work(plain);
  });

const whole = ", are installed, and only they are taken away";
onSite(`packages that the machine fetches itself${whole}`, "online", comeAndGo);
onSite(`packages fetched here, for a machine that reaches nothing${whole}`, "offline", comeAndGo);

async function comeAndGo(plain: PlainSite): Promise<void> {
  const started = await plain.start({ name: "plain" });
  const host = await started.connect();
  const step = systemPackages.bind({}, emptyStore);
  try {
    const before = await hostState(plain, started);
    const facts = await factsOf(step, host);
    assert.match(step.check(facts, context).join(), /conntrack is missing/);
    await step.apply?.(host, context, facts);
    assert.deepEqual(step.check(await factsOf(step, host), context), []);
    await step.undo?.(host, context);
    assert.deepEqual(stateChanges(before, await hostState(plain, started)), []);
    assert.equal(await started.inside("ls -d /var/lib/labwright 2>/dev/null; true"), "");
    await step.undo?.(host, context);
  } finally {
    await host.close();
    await started.remove();
  }
}

/** apt that reaches nothing: neither its mirror nor, for want of sources, what is fetched on this computer. */
const wrongMirror = `mkdir /root/sources && mv /etc/apt/sources.list* /root/sources/
  echo 'deb http://127.0.0.1:9/debian bookworm main' >/etc/apt/sources.list`;
const rightMirror = "rm /etc/apt/sources.list; mv /root/sources/* /etc/apt/; rmdir /root/sources";

onSite("after an up that failed, what the owner installs stays", "online", async (owners) => {
  const started = await owners.start({ name: "plain" });
  const host = await started.connect();
  const step = systemPackages.bind({}, emptyStore);
  try {
    await started.inside(wrongMirror);
    const facts = await factsOf(step, host);
    await assert.rejects(async () => step.apply?.(host, context, facts));
    await started.inside(rightMirror);
    await started.inside(
      "apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends socat ncal >/dev/null",
    );
    const before = await hostState(owners, started);
    await step.undo?.(host, context);
    assert.deepEqual(
      stateChanges(before, await hostState(owners, started)).filter((one) => !one.includes("labwright")),
      [],
    );
    assert.equal(await started.inside("ls -d /var/lib/labwright 2>/dev/null; true"), "");

    // Now it works; the owner asks for one of ours, and installs something that needs another one.
    await step.apply?.(host, context, await factsOf(step, host));
    await started.inside("apt-get -qq autoremove -y && command -v conntrack ethtool ipset");
    await started.inside(`set -e
      DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ethtool >/dev/null
      mkdir -p /tmp/needs/DEBIAN
      printf 'Package: needs\\nVersion: 1\\nArchitecture: all\\nMaintainer: o\\nDepends: ipset\\nDescription: d\\n' >/tmp/needs/DEBIAN/control
      dpkg-deb -b /tmp/needs /tmp/needs.deb >/dev/null && dpkg -i /tmp/needs.deb >/dev/null && rm -r /tmp/needs /tmp/needs.deb`);
    notes.length = 0;
    await step.undo?.(host, context);
    assert.match(notes.join("\n"), /package ethtool: somebody has asked for it since/);
    assert.match(notes.join("\n"), /package ipset: needs needs it/);
    const left = await started.inside(
      "dpkg-query -W -f '${Status} ${Package}\\n' conntrack ethtool ipset socat ncal needs 2>/dev/null | sed -n 's/^install ok installed //p'; true",
    );
    assert.deepEqual(left.split("\n").sort(), ["ethtool", "ipset", "ncal", "needs", "socat"]);
    assert.equal(await started.inside("ls /etc/apt/apt.conf.d | grep labwright; true"), "");
  } finally {
    await host.close();
    await started.remove();
  }
});

const deadSources = "a third-party source that is gone and a cdrom do not keep packages from being installed";
onSite(deadSources, "online", async (plain) => {
  const started = await plain.start({ name: "plain" });
  await started.inside(`
    echo 'deb [trusted=yes] http://127.0.0.1:9/gone stable main' >/etc/apt/sources.list.d/gone.list
    echo 'deb cdrom:[Debian GNU/Linux 12 - Official amd64 DVD]/ bookworm main' >/etc/apt/sources.list.d/cdrom.list`);
  const host = await started.connect();
  notes.length = 0;
  try {
    const step = systemPackages.bind({}, emptyStore);
    await step.apply?.(host, context, await factsOf(step, host));
    assert.deepEqual(step.check(await factsOf(step, host), context), []);
    assert.ok(!notes.some((note) => note.includes("fetching them on this computer")), notes.join("\n"));
  } finally {
    await host.close();
  }
});

test("a family is told by os-release, quoted or not, and another system is named", () => {
  assert.ok("ids" in familyIn('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'));
  assert.ok("ids" in familyIn('ID="ubuntu"\nID_LIKE=debian\n'));
  assert.deepEqual(familyIn('ID=alpine\nPRETTY_NAME="Alpine Linux v3.20"\n'), {
    unsupported: "Alpine Linux v3.20",
  });
  const step = systemPackages.bind({}, emptyStore);
  const differences = step.check({ release: said("ID=alpine\n"), present: said("") }, context);
  assert.match(differences.join(), /plain runs alpine, which is not supported/);
});
