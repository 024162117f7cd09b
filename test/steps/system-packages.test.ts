import assert from "node:assert/strict";
import { after, test } from "node:test";
import { lazily } from "../../src/artifacts/lazy.ts";
import type { BoundStep, Facts, Site } from "../../src/engine/step.ts";
import { runAll } from "../../src/hosts/batch.ts";
import type { Command } from "../../src/hosts/sh.ts";
import type { Host, Output } from "../../src/hosts/types.ts";
import type { Lab, Machine } from "../../src/lab/types.ts";
import { familyIn } from "../../src/steps/shared/family.ts";
import { systemPackages } from "../../src/steps/system-packages.ts";
import { type PlainSite, plainSite } from "../support/plain-machine.ts";

const said = (stdout: string): Output => ({ code: 0, stdout, stderr: "" });
const machine: Machine = { name: "plain", role: "worker", user: "root", sudo: "none" };
const notes: string[] = [];
const site: Site = {
  lab: { name: "test", machines: [machine] } as unknown as Lab,
  machine,
  addresses: new Map(),
  reach: () => undefined,
  artifacts: lazily(() => Promise.reject(new Error("no artifact is asked for"))),
  signal: new AbortController().signal,
  on: () => Promise.reject(new Error("no other machine is asked")),
  note: (text) => notes.push(text),
  leave: (text) => notes.push(text),
};

async function factsOf(step: BoundStep, host: Host): Promise<Facts> {
  return runAll(host, step.probe(site) as Record<string, Command>);
}

test("a family is told by os-release, quoted or not, and another system is named", () => {
  assert.ok("ids" in familyIn('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n'));
  assert.ok("ids" in familyIn('ID="ubuntu"\nID_LIKE=debian\n'));
  assert.deepEqual(familyIn('ID=alpine\nPRETTY_NAME="Alpine Linux v3.20"\n'), {
    unsupported: "Alpine Linux v3.20",
  });
  const step = systemPackages.bind({});
  const differences = step.check({ release: said("ID=alpine\n"), present: said("") }, site);
  assert.match(differences.join(), /plain runs alpine, which is not supported/);
});

for (const offline of [false, true]) {
  const where = offline
    ? "fetched here, for a machine that reaches nothing"
    : "that the machine fetches itself";
  const plain = await plainSite({ word: offline ? "packages-off" : "packages-on", offline });
  after(() => plain?.close());
  const skip = plain === undefined && "no Docker engine whose containers can be reached from here";
  test(`packages ${where}, are installed, and only they are taken away`, { skip }, () => comeAndGo(plain));
}

async function comeAndGo(plain: PlainSite | undefined): Promise<void> {
  const started = await plain?.start({ name: "plain" });
  const host = await started?.connect();
  assert.ok(started && host);
  const step = systemPackages.bind({});
  const packages = () => started.inside("dpkg-query -W | sort");
  try {
    const before = await packages();
    const facts = await factsOf(step, host);
    assert.match(step.check(facts, site).join(), /conntrack is missing/);
    await step.apply?.(host, site, facts);
    assert.deepEqual(step.check(await factsOf(step, host), site), []);
    await step.undo?.(host, site);
    assert.equal(await packages(), before);
    assert.equal(await started.inside("ls -d /var/lib/labwright 2>/dev/null; true"), "");
    await step.undo?.(host, site);
  } finally {
    await host.close();
    await started.remove();
  }
}

test("a third-party source that is gone and a cdrom do not keep packages from being installed", async (t) => {
  const sources = await plainSite({ word: "packages-dead" });
  if (!sources) return t.skip("no Docker engine whose containers can be reached from here");
  after(() => sources.close());
  const started = await sources.start({ name: "plain" });
  await started.inside(`
    echo 'deb [trusted=yes] http://127.0.0.1:9/gone stable main' >/etc/apt/sources.list.d/gone.list
    echo 'deb cdrom:[Debian GNU/Linux 12 - Official amd64 DVD]/ bookworm main' >/etc/apt/sources.list.d/cdrom.list`);
  const host = await started.connect();
  notes.length = 0;
  try {
    const step = systemPackages.bind({});
    await step.apply?.(host, site, await factsOf(step, host));
    assert.deepEqual(step.check(await factsOf(step, host), site), []);
    assert.ok(!notes.some((note) => note.includes("fetching them on this computer")), notes.join("\n"));
  } finally {
    await host.close();
  }
});
