import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { quoted } from "../../src/hosts/sh.ts";
import { labFolder } from "../../src/paths.ts";
import { isShort, type Ran, type TestLab, testLab } from "./support.ts";

/** A classroom: a cluster, a machine to be joined, and an application server behind a jump host. */
const machines = `machines:
  - { name: cp, role: control-plane, users: [{ name: anna }] }
  - { name: w1, role: worker }
  - { name: spare, role: spare }
  - { name: jump_host, role: jump-host, user: thor, login: [key, password] }
  - name: stapp01
    role: app-server
    user: tony
    via: jump_host
    sudo: password
    login: [key, password]
    software: [docker, docker-compose]
`;

const names = ["cp", "w1", "spare", "jump_host", "stapp01"];

let lab: TestLab;
let output = "";
before(async () => {
  lab = await testLab("classroom", machines);
  await lab.labwright(["down"]);
});
after(async () => {
  await lab?.labwright(["down"]);
});

async function succeeds(args: string[]): Promise<Ran> {
  const ran = await lab.labwright(args);
  output += ran.output;
  assert.equal(ran.code, 0, ran.output);
  return ran;
}

async function passwords(): Promise<Record<string, Record<string, string>>> {
  const { output } = await lab.labwright(["status", "--credentials", "--json"]);
  return JSON.parse(output).credentials;
}

/** What a search on a machine prints, for the words in the file $words; the lines that it found, at most five. */
const searched = (machine: string, words: string[], search: string) =>
  lab.inside(
    machine,
    `words=$(mktemp); tr a-zA-Z n-za-mN-ZA-M >"$words" <<'END'
${words.map(rot).join("\n")}
END
    { ${search}; } | sort -u | head -n 5; rm "$words"`,
  );

/** Every command line and environment on a machine, for some ten seconds: what `ps` would show to anybody. */
const watch = `for round in $(seq 40); do
    cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -aFf "$words"
    sleep 0.25
  done`;

/** The journal, and files that others than their owner can read. */
const rest = `journalctl --no-pager | grep -aFf "$words"
  find /etc /root /home /var/log /var/lib/labwright /tmp /var/tmp /run -xdev -type f -perm /044 -exec grep -laFf "$words" {} +`;

/** So that the search itself does not carry what it searches for in its own command line. */
const rot = (word: string): string =>
  word.replace(/[a-z]/gi, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });

test("one up makes the cluster, the jump host and the application server behind it; the second changes nothing", async () => {
  await succeeds(["up", "--json"]);
  assert.match((await succeeds(["up"])).output, /Nothing to do: .*5 round trips/);
});

test("a student goes through the jump host by passwords, and the exercise goes from failed to passed", async () => {
  await succeeds(["exercise", "start", "docker-macvlan"]);
  const before = await lab.labwright(["exercise", "check", "docker-macvlan"]);
  assert.equal(before.code, 1, before.output);
  assert.match(before.output, /there is no network news/);

  const { jump_host: jump, stapp01: app } = await passwords();
  const { machines } = JSON.parse((await lab.labwright(["status", "--json"])).output);
  const address = machines.find(({ name }: { name: string }) => name === "jump_host").address;
  const create =
    "docker network create --driver macvlan --opt parent=eth0 --subnet 172.28.0.0/24 --ip-range 172.28.0.0/24 news";
  const options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
  const askpass = "-o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1";
  // As typed by hand: thor's password to the jump host, from there tony's to the server, and tony's again for sudo.
  const hop = `IFS= read -r word; f=$(mktemp); printf '#!/bin/sh\\necho %s\\n' "$word" >"$f"; chmod 700 "$f"; SSH_ASKPASS=$f SSH_ASKPASS_REQUIRE=force setsid -w ssh ${options} ${askpass} tony@stapp01 'sudo -S -p "" ${create}'; code=$?; rm "$f"; exit $code`;
  const child = spawn(
    "sshpass",
    ["-e", "ssh", ...options.split(" "), ...askpass.split(" "), `thor@${address}`, hop],
    {
      env: { ...process.env, SSHPASS: jump?.thor ?? "" },
    },
  );
  child.stdin.end(`${app?.tony}\n${app?.tony}\n`);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0, said);

  assert.match((await succeeds(["exercise", "check", "docker-macvlan"])).output, /passed|right/i);
  assert.match(await lab.inside("stapp01", "docker network inspect news"), /"Driver": "macvlan"/);
  await succeeds(["exercise", "reset", "docker-macvlan"]);
});

test("a student without root works in the namespace of a started exercise, and nowhere else", async () => {
  await succeeds(["exercise", "start", "service-selector"]);
  const asAnna = (command: string) => lab.inside("cp", `su - anna -c ${quoted(`${command} 2>&1`)} || true`);
  assert.match(await asAnna("kubectl get nodes -o name"), /^node\/cp$/m);
  assert.match(
    await asAnna("kubectl -n service-selector expose deployment my-app --name=mine --port=80"),
    /service\/mine exposed/,
  );
  for (const forbidden of [
    "get secrets --all-namespaces",
    "-n kube-system get pods",
    "-n labwright-students get secrets",
    "create namespace own",
    "delete namespace service-selector",
    "-n default run pod --image=nginx:stable",
    `-n service-selector run pod --image=nginx:stable --overrides='{"spec":{"hostPID":true}}'`,
  ])
    assert.match(await asAnna(`kubectl ${forbidden}`), /forbidden/, forbidden);
  await succeeds(["exercise", "reset", "service-selector"]);
  assert.match(await asAnna("kubectl -n service-selector get pods"), /forbidden/);
});

test("the search for passwords finds a word in a command line, an environment, the journal and a file", async () => {
  const [argument, variable, logged, written] = ["Tuxefi", "Woqapu", "Zysodi", "Gimeru"] as const;
  await lab.inside(
    "spare",
    `logger ${logged}; journalctl --sync; echo ${written} >/tmp/planted
    systemd-run --quiet --unit planted --setenv=PLANTED=${variable} sh -c 'sleep 60; : ${argument}'`,
  );
  try {
    const word = (one: string, search: string) => searched("spare", [one], search);
    assert.match(await word(argument, watch), /: Tuxefi/);
    assert.match(await word(variable, watch), /PLANTED=Woqapu/);
    assert.match(await word(logged, rest), /Zysodi/);
    assert.match(await word(written, rest), /^\/tmp\/planted$/m);
  } finally {
    await lab.inside("spare", "systemctl stop planted; rm /tmp/planted");
  }
});

test("passwords are nowhere but in files that only their owner can read", async () => {
  const words = Object.values(await passwords()).flatMap((accounts) => Object.values(accounts));
  assert.ok(
    words.length >= 2 && words.every((word) => word.length >= 12),
    "there are passwords to search for",
  );
  const watching = names.map((machine) => searched(machine, words, watch));
  await succeeds(["exercise", "prove", "docker-macvlan"]);
  assert.deepEqual(await Promise.all(watching), ["", "", "", "", ""]);
  for (const word of words) assert.ok(!output.includes(word), "a password was printed");
  for (const machine of names) assert.equal(await searched(machine, words, rest), "", machine);
  const kept = await readFile(join(labFolder(lab.name), "known_hosts"), "utf8");
  for (const word of words) assert.ok(!kept.includes(word));
});

/** A minute and more each, of the two cores that CI has: the short run takes one of each kind; docker-macvlan was above. */
const short = ["join-a-worker", "etcd-backup", "rolling-upgrade"];

test(`${isShort ? "one of each kind of exercise" : "every exercise"} that labwright brings is proven`, async (t) => {
  const { output, seconds } = await succeeds(["exercise", "prove", ...(isShort ? short : ["--all"])]);
  assert.match(output, new RegExp(`^Proven: ${isShort ? short.length : 27} exercises\\.$`, "m"));
  t.diagnostic(`${seconds.toFixed(0)} s`);
});
