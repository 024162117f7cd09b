import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sh } from "../../src/hosts/sh.ts";
import { until } from "../contract/providers-look.ts";
import { hostState, stateChanges } from "../support/host-state.ts";
import type { PlainMachine, PlainSite } from "../support/plain-machine.ts";
import { sshSite } from "./ssh-site.ts";
import { hostsLab, type RunOptions, type TestLab } from "./support.ts";

/** The package manager of a host is at work when what started it goes away. */
let site: PlainSite;
let host: PlainMachine;
let lab: TestLab;
let state: Record<string, string>;

before(async () => {
  site = await sshSite("apt-cut");
  host = await site.start({ name: "a", hostname: "host-a", user: "tony" });
  await host.inside(
    "apt-get -qq update && apt-get -qq install -y --no-install-recommends iptables >/dev/null",
  );
  state = await hostState(site, host);
  lab = await hostsLab(
    "hosts-apt",
    `provider: ssh
playbooks: []
machines: [{ name: a, role: app-server, user: tony, host: ${host.address}, software: [docker] }]
`,
  );
});
after(() => site?.close());

const inTheMiddle = async (): Promise<boolean> =>
  (await host.inside("dpkg --audit; true")) !== "" && isAtWork();
const isAtWork = async (): Promise<boolean> => (await host.inside("pgrep -x dpkg || true")) !== "";
const whole = async (): Promise<void> => {
  assert.equal(await host.inside("dpkg --audit"), "");
  assert.match(await host.inside("docker version --format '{{.Server.Version}}'"), /^\d/);
};

/** Runs `up`, does `cut` while dpkg has packages unpacked that are not configured, and says how `up` ended. */
async function upCutBy(cut: () => Promise<unknown>, options: RunOptions = {}) {
  const running = lab.labwright(["up", "--json"], options);
  await until("dpkg to be in the middle", 240, inTheMiddle);
  await cut();
  return running;
}

async function upThenDown(): Promise<string> {
  const { code, output } = await lab.labwright(["up", "--json"]);
  assert.equal(code, 0, output);
  await whole();
  const down = await lab.labwright(["down"]);
  assert.equal(down.code, 0, down.output);
  assert.deepEqual(stateChanges(state, await hostState(site, host)), []);
  return output;
}

test("the connection is lost: apt comes to its end by itself, and the next up goes on", async () => {
  const ended = await upCutBy(() =>
    host.inside(
      'for pid in $(pgrep -x sshd); do [ "$pid" = "$(systemctl show --property MainPID --value ssh)" ] || kill -KILL $pid; done',
    ),
  );
  assert.equal(ended.code, 1, ended.output);
  const codeOf = () => host.inside("cat /var/lib/labwright/run/packages/code 2>/dev/null || true");
  await until("apt to come to its end", 240, async () => (await codeOf()) !== "");
  assert.equal(await codeOf(), "0");
  const output = await upThenDown();
  assert.doesNotMatch(output, /was interrupted/);
});

test("the host is restarted in the middle: the next up repairs what was cut short", async () => {
  const ended = await upCutBy(() => site.engine.docker.run(sh`restart --time 0 ${host.container}`));
  assert.equal(ended.code, 1, ended.output);
  await until("the host to be back", 60, async () => {
    await (await host.connect()).close();
    return true;
  });
  assert.notEqual(await host.inside("dpkg --audit"), "", "dpkg was in the middle");
  assert.match(await upThenDown(), /was interrupted: repairing/);
});

test("a second Ctrl-C ends labwright at once, and the next up waits for apt", async () => {
  let interrupt = () => {};
  const ended = await upCutBy(async () => interrupt(), {
    onStart: (child) => {
      interrupt = () => {
        child.kill("SIGINT");
        setTimeout(() => child.kill("SIGINT"), 300);
      };
    },
  });
  assert.equal(ended.code, 130, ended.output);
  await upThenDown();
});
