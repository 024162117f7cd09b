import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { hostState, stateChanges } from "../support/host-state.ts";
import type { PlainMachine, PlainSite } from "../support/plain-machine.ts";
import { sshSite } from "./ssh-site.ts";
import { hostsLab, isShort, long, type Ran, type TestLab } from "./support.ts";

/**
 * Hosts on which their owner works: one with a Docker engine, one with redis and nginx. Whatever becomes of a lab there, what
 * differs after `down` is what docs/ssh.md lists, and nothing else.
 */
let site: PlainSite;
let lab: TestLab;
const hosts: PlainMachine[] = [];
const states = new Map<string, Record<string, string>>();

const everyOwner = `set -e
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends iptables cron >/dev/null
  useradd --create-home --shell /bin/bash alice
  echo 'alice ALL=(ALL) NOPASSWD: /usr/bin/ls' >/etc/sudoers.d/alice
  for home in /root /home/alice /home/tony; do
    mkdir -p $home/.kube && echo 'current-context: theirs' >$home/.kube/config
  done
  chown -R alice: /home/alice
  echo '*/5 * * * * true' | crontab -u alice -
  iptables -A INPUT -p tcp --dport 9999 -m comment --comment theirs -j DROP
  iptables -t nat -A PREROUTING -p tcp --dport 8088 -m comment --comment theirs -j REDIRECT --to-ports 80
  ip route add 198.51.100.0/24 via $(ip -4 route show default | awk '{ print $3 }')
  printf 'net.ipv4.ip_forward = 1\\n' >/etc/sysctl.d/50-theirs.conf`;

const withDocker = `set -e
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends docker.io busybox-static >/dev/null
  systemctl start docker
  until docker version >/dev/null 2>&1; do sleep 1; done
  tar -C / -c bin/busybox | docker import - theirs >/dev/null
  docker network create theirs >/dev/null
  docker volume create theirs >/dev/null
  docker run --detach --name theirs --network theirs --restart always --volume theirs:/data theirs /bin/busybox sleep 1000000 >/dev/null
  usermod --append --groups docker alice`;

const withServices = `set -e
  DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends redis-server nginx >/dev/null
  systemctl enable --now redis-server nginx 2>/dev/null
  redis-cli set theirs kept >/dev/null && redis-cli save >/dev/null
  echo theirs >/var/www/html/index.html`;

const exercise = `title: drill
points: 10
needs:
  - { name: b, role: app-server, software: [docker] }
setup:
  - on: a
    tasks:
      - file: { path: /srv/drill/task, content: "begin\\n" }
goal:
  - title: A network is there
    on: a
    tasks:
      - docker-network: { network: drill, driver: bridge }
  - title: The file is there, and a network
    on: b
    tasks:
      - file: { path: /root/answer, content: "done\\n", mode: "0600" }
      - docker-network: { network: drill, driver: bridge }
hints: ["Which command writes a line into a file?"]
wrong: []
`;

before(async () => {
  site = await sshSite("owner");
  for (const [name, more] of [
    ["a", withDocker],
    ["b", withServices],
  ] as const) {
    const host = await site.start({ name, hostname: `host-${name}`, user: "tony" });
    await host.inside(`apt-get -qq update && { ${everyOwner}
      } && { ${more}
      }`);
    hosts.push(host);
    states.set(name, await hostState(site, host));
  }
  lab = await hostsLab(
    "hosts-owner",
    `provider: ssh
playbooks: []
machines:
${hosts
  .map(
    ({ name, address }) =>
      `  - { name: ${name}, role: app-server, user: tony, host: ${address}, software: [docker], login: [key, password], users: [{ name: steve, sudo: password }] }\n`,
  )
  .join("")}`,
  );
  const folder = join(dirname(lab.file), "exercises", "drill");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "exercise.yaml"), exercise);
  await writeFile(join(folder, "task.md"), "# drill\n\nWrite the answer.\n");
});

after(async () => {
  if (process.env.LABWRIGHT_KEEP) return;
  await site?.close();
});

const ok = ({ code, output }: Ran): void => assert.equal(code, 0, output);
const run = async (...args: string[]): Promise<void> => ok(await lab.labwright(args));

/** docs/ssh.md: the copies that useradd(8) keeps; and what redis and Docker write by themselves while they run. */
const listed =
  / \/(etc\/(passwd|shadow|group|gshadow|subuid|subgid)-|var\/lib\/redis\/dump\.rdb|var\/lib\/docker\/|var\/lib\/containerd\/)/;

async function assertRestored(what: string): Promise<void> {
  for (const host of hosts) {
    const changes = stateChanges(states.get(host.name) ?? {}, await hostState(site, host));
    assert.deepEqual(
      changes.filter((line) => !listed.test(line)),
      [],
      `${what}: ${host.name}`,
    );
  }
  const [a, b] = hosts;
  const running =
    "docker ps --format '{{.Names}}'; docker network ls --filter name=theirs --format '{{.Name}}'";
  assert.equal(await a?.inside(running), "theirs\ntheirs", what);
  assert.equal(await b?.inside("redis-cli get theirs; cat /var/www/html/index.html"), "kept\ntheirs", what);
}

test("up, an exercise, its reset and down leave both hosts as they were", async () => {
  await run("up");
  await run("exercise", "prove", "drill");
  await run("exercise", "start", "drill");
  await run("exercise", "solve", "drill");
  await run("exercise", "reset", "drill");
  await run("verify");
  await run("down");
  await assertRestored("without an interruption");
});

interface Place {
  title: string;
  /** What runs before. */
  first?: string[][];
  command: string[];
  /** What is in the command's output when it is killed. */
  when: RegExp;
  /** Milliseconds after that. */
  later?: number;
}

const started = [["up"], ["exercise", "start", "drill"]];
const places: Place[] = [
  { title: "hosts are taken", command: ["up"], when: /"title":"take a"/ },
  { title: "names are written", command: ["up"], when: /"title":"host-names"/ },
  { title: "accounts are made", command: ["up"], when: /"title":"user-accounts"/ },
  { title: "the SSH server is set", command: ["up"], when: /"title":"ssh-login"/ },
  { title: "apt fetches", command: ["up"], when: /installing docker/ },
  { title: "dpkg unpacks", command: ["up"], when: /Unpacking / },
  {
    title: "an exercise is set up",
    first: [["up"]],
    command: ["exercise", "start", "drill"],
    when: /"start"/,
  },
  {
    title: "it is reset",
    first: started,
    command: ["exercise", "reset", "drill"],
    when: /"start"/,
    later: 700,
  },
  {
    title: "packages are removed",
    first: [["up"]],
    command: ["down"],
    when: /removing \d+ packages/,
    later: 1000,
  },
  { title: "accounts are removed", first: started, command: ["down"], when: /"title":"undo user-accounts"/ },
];
const brief = ["dpkg unpacks", "packages are removed"];

for (const { title, first = [], command, when, later = 0 } of places)
  for (const killWith of ["SIGKILL", "SIGINT"] as const)
    test(`${killWith} while ${title}: the next down leaves both hosts as they were`, {
      skip:
        !isShort || (brief.includes(title) && (killWith === "SIGKILL") === (title === brief[0]))
          ? false
          : long,
    }, async () => {
      for (const args of first) await run(...args);
      const { code, output } = await lab.labwright([...command, "--json"], {
        ...{ killAfter: later, killWhen: when, killWith },
      });
      assert.match(output, when);
      assert.equal(code, killWith === "SIGKILL" ? null : 130, output);
      await run("down");
      await assertRestored(title);
    });
