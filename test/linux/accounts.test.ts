import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import type { Host } from "../../src/hosts/types.ts";
import { accountCodes } from "../../src/linux/account-notes.ts";
import { askAccount, make, seenIn, takeAway, type Wanted } from "../../src/linux/accounts.ts";
import { hostState, stateChanges } from "../support/host-state.ts";
import { type PlainMachine, plainSite } from "../support/plain-machine.ts";
import { applyContextOf, stepOf } from "../support/steps.ts";

const plain = await plainSite({ word: "accounts" });
after(() => plain?.close());
const skip = plain === undefined && "no Docker engine whose containers can be reached from here";
let machine: PlainMachine;
let host: Host;

before(async () => {
  if (!plain) return;
  machine = await plain.start({ name: "plain" });
  host = await machine.connect();
});
after(() => host?.close());

const wanted: Wanted = {
  name: "steve",
  sudo: "none",
  shell: "/bin/bash",
  key: "ssh-ed25519 AAAA lab",
  password: undefined,
};
const make17 = async (one: Wanted) => (await host.run(make(one), { accept: "any" })).code;
const remove = async (name: string) => host.run(takeAway([name]), { accept: "any" });
const asSteve = (script: string) => machine.inside(`su steve -c ${JSON.stringify(script)}`);

test("an account comes with its key and goes with its home, and the machine is as it was", {
  skip,
}, async () => {
  assert.ok(plain);
  await machine.inside("mkdir -p /etc/labwright");
  const state = await hostState(plain, machine);
  assert.equal(await make17(wanted), 0);
  assert.equal(await make17(wanted), 0, "once more, it changes nothing");
  assert.deepEqual(seenIn(await host.run(askAccount("steve"), { accept: "any" })), {
    shell: "/bin/bash",
    changed: false,
    sudoers: "",
    keys: [wanted.key],
    digest: "",
  });
  assert.match(await machine.inside("stat -c '%U %a' /home/steve/.ssh/authorized_keys"), /^steve 600/);
  await asSteve("sleep 1000 & echo junk >/tmp/steves");
  const { code, stdout } = await remove("steve");
  assert.equal(code, 0);
  assert.match(stdout, /^labwright-left 1 files of the account steve \(uid \d+\) in \/tmp$/m);
  assert.equal(await machine.inside("pgrep -x sleep; true"), "");
  await machine.inside("rm /tmp/steves; mkdir -p /etc/labwright");
  const ignored = /\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-/;
  const changes = stateChanges(state, await hostState(plain, machine)).filter((one) => !ignored.test(one));
  assert.deepEqual(changes, []);
});

test("~/.ssh that is a link to /etc gives the account nothing, and is named", { skip }, async () => {
  await make17(wanted);
  await asSteve("rm -rf ~/.ssh && ln -s /etc ~/.ssh");
  const etc = await machine.inside("stat -c '%U %a' /etc");
  assert.equal(await make17({ ...wanted, key: "ssh-ed25519 BBBB new" }), accountCodes.link);
  assert.equal(await machine.inside("stat -c '%U %a' /etc"), etc);
  await asSteve("rm ~/.ssh && mkdir ~/.ssh && ln -s /etc/shadow ~/.ssh/authorized_keys");
  assert.equal(await make17({ ...wanted, key: "ssh-ed25519 BBBB new" }), accountCodes.link);
  assert.equal(await machine.inside("stat -c %U /etc/shadow; grep -c BBBB /etc/shadow; true"), "root\n0");
  assert.deepEqual(seenIn(await host.run(askAccount("steve"), { accept: "any" })).keys, [], "nor is it read");
  await remove("steve");
});

test("authorized_keys that is a pipe, or without a last newline, holds nobody up", { skip }, async () => {
  await make17({ ...wanted, key: "" });
  await asSteve("mkdir -p -m 700 ~/.ssh && mkfifo ~/.ssh/authorized_keys");
  assert.deepEqual(seenIn(await host.run(askAccount("steve"), { accept: "any" })).keys, []);
  assert.equal(await make17(wanted), accountCodes.link);
  await asSteve("rm ~/.ssh/authorized_keys && printf 'ssh-rsa own' >~/.ssh/authorized_keys");
  assert.equal(await make17(wanted), 0);
  assert.deepEqual(seenIn(await host.run(askAccount("steve"), { accept: "any" })).keys, [
    "ssh-rsa own",
    wanted.key,
  ]);
  await remove("steve");
});

test("an account whose uid has become root's is named, and no process of root's ends", { skip }, async () => {
  await make17(wanted);
  await make17({ ...wanted, name: "anna" });
  await machine.inside(
    "sed -i 's/^steve:x:[0-9]*:/steve:x:0:/' /etc/passwd; setsid sleep 4321 >/dev/null 2>&1 &",
  );
  assert.equal(seenIn(await host.run(askAccount("steve"), { accept: "any" })).changed, true);
  assert.equal(await make17(wanted), accountCodes.changed);
  const { code, stderr } = await host.run(takeAway(["steve", "anna"]), { accept: "any" });
  assert.equal(code, accountCodes.changed);
  assert.match(
    stderr,
    /account steve: uid and home are "0 \/home\/steve", and labwright made it with "\d+ \/home\/steve"/,
  );
  assert.match(await machine.inside("pgrep -fx 'sleep 4321'"), /\d/);
  assert.equal(await machine.inside("getent passwd anna; true"), "", "the others go all the same");
  assert.match(await machine.inside("ls /etc/labwright/accounts"), /^steve$/m, "the note stays");
  await machine.inside(
    "pkill -fx 'sleep 4321'; sed -i '/^steve:/d' /etc/passwd; groupdel steve; rm -rf /home/steve",
  );
  assert.equal((await remove("steve")).code, 0);
});

test("a home that points elsewhere is not removed", { skip }, async () => {
  await make17(wanted);
  await machine.inside("mkdir -p /srv/thesis && usermod --home /srv/thesis steve");
  assert.equal((await remove("steve")).code, accountCodes.changed);
  await machine.inside(
    "usermod --home /home/steve steve && mv /home/steve /home/was && ln -s /srv/thesis /home/steve",
  );
  assert.equal((await remove("steve")).code, accountCodes.changed);
  assert.equal(await machine.inside("test -d /srv/thesis && echo there"), "there");
  await machine.inside("rm /home/steve && mv /home/was /home/steve && rm -r /srv/thesis");
  assert.equal((await remove("steve")).code, 0);
});

test("an account, or a home, that was there before is its owner's", { skip }, async () => {
  await machine.inside("useradd --create-home steve");
  assert.equal(await make17(wanted), accountCodes.taken);
  await machine.inside("echo thesis >/home/steve/thesis; userdel steve");
  assert.equal(await make17(wanted), accountCodes.placeTaken);
  assert.equal((await remove("steve")).code, 0);
  assert.equal(await machine.inside("cat /home/steve/thesis"), "thesis");
  await machine.inside("rm -r /home/steve");
});

test("login-user: a user with another uid than it was made with is not removed", { skip }, async () => {
  const step = await stepOf("login-user", { name: "thor" });
  const context = applyContextOf("spare");
  await step.apply?.(host, context, {});
  await machine.inside("sed -i 's/^thor:x:[0-9]*:/thor:x:0:/' /etc/passwd");
  await assert.rejects(
    async () => step.undo?.(host, context),
    (error) => error instanceof LabwrightError && error.code === "account-changed",
  );
  await machine.inside('sed -i "s/^thor:x:0:/thor:x:$(stat -c %u /home/thor):/" /etc/passwd');
  await step.undo?.(host, context);
  assert.equal(await machine.inside("getent passwd thor; ls /home; true"), "");
});
