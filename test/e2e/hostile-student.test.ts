import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { generateKeyPair } from "../../src/hosts/keys.ts";
import { quoted, sh } from "../../src/hosts/sh.ts";
import { type Agent, sshAgent } from "../support/agent.ts";
import { attempts, machineOf } from "./hostile-attempts.ts";
import { type Ran, succeeds, type TestLab, testLab } from "./support.ts";

/** tony is whom labwright logs in as on stapp01, and becomes root by sudo; steve has no sudo; on stapp02 all are root. */
const machines = `machines:
  - { name: jump_host, role: jump-host, user: thor, sudo: none }
  - { name: stapp01, role: app-server, user: tony, sudo: passwordless, via: jump_host, users: [{ name: steve }] }
  - { name: stapp02, role: app-server }
playbooks: []
`;
const names = ["jump_host", "stapp01", "stapp02"];

const exercise = `title: A drill
setup:
  - { on: app-server, tasks: [{ exercise-folder: { path: /root/drill, files: { note: read me } } }] }
  - { on: stapp01, tasks: [{ file: { path: /home/steve/brief, content: "a brief\\n", owner: steve } }] }
goal:
  - title: The answer
    on: app-server
    tasks: [{ file: { path: /root/drill/answer, content: "42", mode: "0600" } }]
  - title: The report
    on: stapp01
    tasks: [{ file: { path: /home/steve/report, owner: steve, mode: "0640" } }]
`;

let lab: TestLab;
let home: string;
let agent: Agent;
let env: Record<string, string>;
let homeBefore: Record<string, string>;
const machinesBefore: Record<string, string> = {};

const run = (...args: string[]): Promise<Ran> => lab.labwright(args, { env });
const exercised = (command: string, ...more: string[]) => run("exercise", command, "drill", ...more);

before(async () => {
  lab = await testLab("e2e-hostile", machines);
  const folder = dirname(lab.file);
  home = join(folder, "home");
  agent = await sshAgent(generateKeyPair("instructor").privateKey);
  env = {
    HOME: home,
    XDG_DATA_HOME: join(folder, "data"),
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? "", ".cache"),
    // Go would fetch its modules into this home, whose every file is compared.
    GOPATH: process.env.GOPATH ?? join(process.env.HOME ?? "", "go"),
    SSH_AUTH_SOCK: agent.socket,
    ...(lab.engine.docker.socket && { DOCKER_HOST: `unix://${lab.engine.docker.socket}` }),
  };
  await writeInstructor();
  await writeExercise(join(folder, "exercises", "drill"));
  // The lab of an earlier, killed run belongs to that run's folder.
  succeeds(await run("adopt", "--force", "--yes"));
  succeeds(await run("down"));
  succeeds(await run("up"));
  homeBefore = await contentsOf(home);
  for (const name of names) machinesBefore[name] = await stateOf(name);
});
after(async () => {
  await run("down");
  await agent?.close();
});

// What one attempt has left must not decide another.
afterEach(async () => {
  await exercised("reset", "--forget");
});

/** What the instructor has at home, and a student would like to reach. */
async function writeInstructor(): Promise<void> {
  for (const folder of [".ssh", ".kube", ".config"]) await mkdir(join(home, folder), { recursive: true });
  for (const file of [".ssh/config", ".ssh/known_hosts", ".ssh/authorized_keys", ".kube/config", ".bashrc"])
    await writeFile(join(home, file), file === ".kube/config" ? "apiVersion: v1\nkind: Config\n" : "");
}

async function writeExercise(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "task.md"), "# A drill\n");
  await writeFile(join(folder, "exercise.yaml"), exercise);
}

/** Every file below a folder, with its content. */
async function contentsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) return [path, `-> ${await readlink(path)}`];
    if (!entry.isFile()) return [path, entry.isDirectory() ? "folder" : "special"];
    return [
      path,
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    ];
  });
  return Object.fromEntries(await Promise.all(read));
}

/** What a machine has where people and labwright keep things: owners, modes, links and contents. Asked past labwright. */
const stateOf = (machine: string): Promise<string> =>
  lab.inside(
    machine,
    `find /etc /root /home /usr/local /var/lib/labwright -xdev ! -path '/etc/ssh/ssh_host_*' -printf '%p %y %m %U:%G %l\\n' 2>/dev/null | sort
    find /etc /root /home /usr/local -xdev -type f -size -1024k -print0 | sort -z | xargs -0 sha256sum`,
  );

async function isAsItWas(machine: string): Promise<void> {
  const [before, now] = [machinesBefore[machine], await stateOf(machine)].map(
    (text) => text?.split("\n") ?? [],
  );
  const gone = before?.filter((line) => !now?.includes(line));
  const come = now?.filter((line) => !before?.includes(line));
  assert.deepEqual({ gone, come }, { gone: [], come: [] }, machine);
}

const asUser = (machine: string, user: string, script: string): Promise<string> =>
  lab.inside(machine, `su -s /bin/bash ${user} -c ${quoted(script)}`);

/** A terminal obeys nothing in it. */
function harmless({ output }: Ran): void {
  const found = output.replaceAll(/[\t\n]/g, "").match(/[\p{Cc}\p{Bidi_Control}]/u);
  assert.equal(found, null, JSON.stringify(output));
}

async function nothingElseChanged(machine: string): Promise<void> {
  assert.deepEqual(await contentsOf(home), homeBefore);
  for (const name of names.filter((one) => one !== machine)) await isAsItWas(name);
}

for (const { name, who, run: typed, check, reset, clear } of attempts)
  test(`${who}: ${name}`, async (t) => {
    const machine = machineOf[who];
    succeeds(await exercised("start"));
    let cleared = false;
    const clearUp = async () => {
      if (!cleared) await lab.inside(machine, clear);
      cleared = true;
    };
    t.after(clearUp);
    await asUser(machine, who, typed);
    const checked = await exercised("check");
    harmless(checked);
    assert.equal(checked.code, 1, checked.output);
    if (check) assert.match(checked.output, check);
    assert.ok(checked.seconds < 60, `the check took ${checked.seconds} s`);
    assert.match(checked.output, /Not yet: .* 0 of 10 points/);

    const undone = await exercised("reset");
    harmless(undone);
    assert.equal(undone.code, reset?.code ?? 0, undone.output);
    if (reset) assert.match(undone.output, reset.says);
    await clearUp();
    succeeds(await exercised("reset"));
    await nothingElseChanged(machine);
    await isAsItWas(machine);
  });

test("steve: links where labwright works as root lead a solve, an up and a restart nowhere", async () => {
  succeeds(await exercised("start"));
  await asUser(
    "stapp01",
    "steve",
    "cd ~; rm -f report; ln -s /etc/shadow report; mv .ssh ssh; ln -s /etc .ssh",
  );
  const solved = await exercised("solve");
  harmless(solved);
  assert.equal(solved.code, 1, solved.output);
  assert.match(solved.output, /\/home\/steve\/report is not a file/);
  const up = await run("up");
  harmless(up);
  assert.equal(await lab.inside("stapp01", "stat -c '%U %a' /etc /etc/shadow"), "root 755\nroot 640");
  await lab.inside("stapp01", "cd /home/steve; rm -f report .ssh; mv ssh .ssh");
  succeeds(await exercised("reset"));
  succeeds(await run("up"));
  await nothingElseChanged("stapp01");
});

test("thor: a link in place of ~/.ssh gives nothing away when the machine starts again", async () => {
  await asUser("jump_host", "thor", "cd ~; mv .ssh ssh; ln -s /etc .ssh");
  await lab.engine.docker.run(sh`restart --time 3 labwright-e2e-hostile.jump_host`);
  const started = 'until [ "$(cat /proc/1/comm)" = systemd ]; do sleep 0.1; done';
  assert.equal(
    await lab.inside(
      "jump_host",
      `${started}; stat -c '%U %a' /etc; ls -d /etc/authorized* 2>/dev/null || true`,
    ),
    "root 755",
  );
  await lab.inside("jump_host", "cd /home/thor; rm .ssh; mv ssh .ssh");
  succeeds(await run("verify"));
});

test("root: neither the lab's key nor the instructor's agent is ever on a machine, and no other machine lets in", async () => {
  const watch = (machine: string) =>
    lab.inside(
      machine,
      "for i in $(seq 60); do find / -xdev '(' -path '/tmp/ssh-*' -o -name 'agent.*' ')' -type s; ls -d /tmp/ssh-* 2>/dev/null; grep -lz '^SSH_AUTH_SOCK=' /proc/[0-9]*/environ 2>/dev/null; sleep 0.1; done; true",
    );
  const watching = names.map(watch);
  succeeds(await exercised("start"));
  await exercised("check");
  succeeds(await exercised("solve"));
  succeeds(await run("ssh", "stapp02", "--", "true"));
  succeeds(await exercised("reset"));
  assert.deepEqual(await Promise.all(watching), ["", "", ""]);
  for (const name of names)
    assert.equal(
      await lab.inside(
        name,
        "grep -rlE 'BEGIN (OPENSSH|RSA|EC) PRIVATE KEY' /root /home /tmp /run /var /opt /etc --exclude='ssh_host_*' 2>/dev/null || true",
      ),
      "",
    );
  const tries = ["root@stapp01", "tony@stapp01", "root@jump_host", "thor@jump_host"].map(
    (login) =>
      `ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ${login} true 2>&1 | tail -n 1`,
  );
  const said = (await lab.inside("stapp02", tries.join("\n"))).split("\n");
  assert.equal(said.length, 4);
  for (const one of said) assert.match(one, /Permission denied/);
});

test("root: `down` takes everything away, whatever the machines do", async () => {
  await lab.inside("stapp02", "systemctl stop ssh; touch /root/kept; chattr +i /root/kept");
  await lab.inside("stapp01", "sed -i '1i yes' /home/tony/.bashrc");
  const down = await run("down");
  harmless(down);
  succeeds(down);
  assert.deepEqual(await lab.leftovers(), []);
  assert.deepEqual(await contentsOf(home), homeBefore);
});
