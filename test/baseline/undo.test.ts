import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { recordBaseline } from "../../src/baseline/record-baseline.ts";
import { see } from "../../src/baseline/see.ts";
import { undoDifferences } from "../../src/baseline/undo-differences.ts";
import type { Inventory } from "../../src/engine/observe.ts";
import type { Host } from "../../src/hosts/types.ts";
import { differencesBetween, differenceText } from "../../src/recording/differences.ts";
import { recordingOf } from "../../src/recording/record.ts";
import { type PlainMachine, type PlainSite, plainSite } from "../support/plain-machine.ts";

const data = process.env.XDG_DATA_HOME;
const folder = mkdtempSync(join(tmpdir(), "lwtest-baseline-"));
after(() => {
  if (data === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = data;
  rmSync(folder, { recursive: true, force: true });
});

/** What somebody does to a machine as root; what the next comparison has to name; and what a repair leaves to others. */
const damages: { title: string; script: string; names: RegExp[] }[] = [
  {
    title: "files changed, removed, made, and with other rights",
    script: `echo more >>/etc/motd; rm -f /etc/profile; mkdir -p "/opt/a b/c"; echo x >"/opt/a b/c/it's"; chmod 666 /etc/shadow
      rm -rf /root/kept; ln -s /etc /root/kept; rm -f /etc/os-release.link; ln -sfn /nowhere /etc/link; chown 12:13 /etc/debian_version`,
    names: [
      /file \/etc\/motd/,
      /file \/etc\/profile/,
      /file \/opt\/a b/,
      /file \/etc\/shadow/,
      /file \/root\/kept/,
    ],
  },
  {
    title: "accounts added, removed, and with another shell",
    script:
      "useradd -m mallory; useradd -r -s /bin/sh backdoor; userdel steve; usermod -s /usr/sbin/nologin root; groupadd -g 55555 gang",
    names: [/account mallory/, /account backdoor/, /account steve/, /account root/, /group gang/],
  },
  {
    title: "units stopped, masked and made",
    script: `systemctl mask --now cron.service 2>/dev/null; systemctl disable ssh.service 2>/dev/null
      printf '[Service]\\nExecStart=/bin/sleep 1000000\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/miner.service
      printf '[Timer]\\nOnCalendar=hourly\\nUnit=miner.service\\n[Install]\\nWantedBy=timers.target\\n' >/etc/systemd/system/again.timer
      systemctl daemon-reload; systemctl enable --now miner.service again.timer 2>/dev/null`,
    names: [/systemd unit miner/, /systemd unit again.timer/, /systemd unit ssh/],
  },
  {
    title: "links, addresses, routes and mounts",
    script: `ip link add mine type bridge; ip address add 10.99.0.1/24 dev eth0; ip route add 10.200.0.0/24 via "$(ip route show default | awk '{ print $3 }')"
      mkdir -p /mnt; mount -t tmpfs none /mnt`,
    names: [
      /network link mine/,
      /network address eth0 10.99.0.1/,
      /network route -4 10.200.0.0/,
      /mount \/mnt/,
    ],
  },
  {
    title: "a program that listens",
    script: `perl -MIO::Socket::INET -e 'fork and exit; $s = IO::Socket::INET->new(Listen => 5, LocalPort => 8081) or die; sleep 100000' >/dev/null 2>&1 </dev/null`,
    names: [/listening socket tcp 0.0.0.0:8081/],
  },
];

describe("differences of a real machine are named and undone", async () => {
  let site: PlainSite | undefined;
  let machine: PlainMachine;
  let host: Host;
  let inventory: Inventory;

  before(async () => {
    site = await plainSite({ word: "baseline" });
    if (!site) return;
    // Labwright's own engine is in the person's data folder; the lab's baseline is not.
    process.env.XDG_DATA_HOME = folder;
    machine = await site.start({ name: "cp" });
    host = await machine.connect();
    await machine.inside(
      "useradd -m steve; mkdir /root/kept; echo kept >/root/kept/file; ln -s /here /etc/link",
    );
    const machines = [{ name: "cp", user: "root", sudo: "none" }];
    const lab = { name: "baseline", machines, provider: "docker", cluster: {}, playbooks: [] };
    inventory = { lab, host: async () => host } as unknown as Inventory;
  });
  after(async () => {
    await host?.close();
    await site?.close();
  });

  const now = async () => recordingOf((await see(inventory, ["cp"])).found);

  test("two recordings of a machine that nobody touches are equal", async (t) => {
    if (!site) return t.skip("no engine here");
    assert.deepEqual(differencesBetween(await now(), await now()), []);
  });

  for (const { title, script, names } of damages)
    test(title, async (t) => {
      if (!site) return t.skip("no engine here");
      const baseline = await recordBaseline(inventory);
      await machine.inside(script);
      const differences = differencesBetween(baseline.recording, await now());
      const words = differences.map(differenceText);
      for (const name of names)
        assert.ok(
          words.some((word) => name.test(word)),
          `${name}: ${words.join("\n")}`,
        );
      await undoDifferences(inventory, baseline, differences);
      // A unit whose file comes back is started by the second turn, as files and accounts come first.
      const rest = differencesBetween(baseline.recording, await now());
      await undoDifferences(inventory, baseline, rest);
      const left = differencesBetween(baseline.recording, await now());
      assert.deepEqual(left.map(differenceText), []);
    });
});
