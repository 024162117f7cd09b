import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { generateKeyPair } from "../../src/hosts/keys.ts";
import type { Access } from "../../src/hosts/types.ts";

const program = "/usr/sbin/sshd";

/** Why our own sshd cannot run here; `false` where it can. */
export const noSshd: string | false =
  process.getuid?.() !== 0
    ? "needs root: it makes users and runs an sshd"
    : existsSync(program)
      ? false
      : `${program} is not installed`;

export const hasSudo = ["/usr/bin/sudo", "/usr/local/bin/sudo"].some((path) => existsSync(path));

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export interface Sshd {
  folder: string;
  port: number;
  pid: number;
  hostKey: string;
  /** Of the key that every user of this sshd has. */
  publicKey: string;
  /** What it has said so far. */
  log(): string;
  /** How `user` gets in with the key that every user of this sshd has. */
  access(user: string, more?: Partial<Access>): Access;
  stop(): Promise<void>;
}

/** Runs an sshd on 127.0.0.1 with its own host key; `settings` are lines of sshd_config. */
export async function startSshd(settings: readonly string[] = [], port?: number): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}sshd-${process.pid}-`));
  const at = port ?? (await freePort());
  const hostKey = generateKeyPair("lwtest host");
  const userKey = generateKeyPair("lwtest user");
  // sshd runs its key checks as the user, who has to pass through this folder.
  execFileSync("chmod", ["755", folder]);
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, "host_key"), hostKey.privateKey, { mode: 0o600 });
  writeFileSync(join(folder, "authorized_keys"), `${userKey.publicKey}\n`);
  const config = [
    ...settings,
    `Port ${at}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host_key`,
    `PidFile ${folder}/pid`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    "StrictModes no",
    "UsePAM yes",
    "PermitRootLogin yes",
    "PrintMotd no",
    "Subsystem sftp internal-sftp",
  ];
  writeFileSync(join(folder, "config"), `${config.join("\n")}\n`);
  const child = spawn(program, ["-D", "-e", "-f", join(folder, "config")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await listening(at, () => (child.exitCode === null ? undefined : log));
  return {
    folder,
    port: at,
    pid: child.pid ?? 0,
    hostKey: hostKey.publicKey,
    publicKey: userKey.publicKey,
    log: () => log,
    access: (user, more = {}) => ({
      host: "127.0.0.1",
      port: at,
      user,
      privateKey: userKey.privateKey,
      hostKeys: [hostKey.publicKey],
      sudo: { kind: "none" },
      ...more,
    }),
    stop: async () => {
      for (const pid of connectionsOf(child.pid ?? 0)) end(pid);
      child.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, failed: () => string | undefined): Promise<void> {
  for (let tries = 0; tries < 250; tries++) {
    const log = failed();
    if (log !== undefined) throw new Error(`sshd did not start: ${log}`);
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket
        .once("data", () => resolve(true))
        .once("error", () => resolve(false))
        .once("close", () => resolve(false));
      socket.once("data", () => socket.destroy());
    });
    if (answers) return;
    await delay(20);
  }
  throw new Error("sshd did not answer");
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already, which is what we want.
  }
}

/** What a file of /proc says; empty where the process ended in the meantime. */
function proc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}

/** The processes that an sshd has for its connections: a monitor for each and, below it, one as the user. */
export function connectionsOf(pid: number): number[] {
  const children = proc(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  const sshds = children.filter((child) => proc(`${child}/comm`).startsWith("sshd"));
  return sshds.flatMap((child) => [child, ...connectionsOf(child)]);
}

const prefix = "lwtest-";
const usersNow = (): string[] =>
  readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":")[0] ?? "")
    .filter((name) => name.startsWith(prefix));

const othersAlive = (pid: number): boolean => pid !== process.pid && existsSync(`/proc/${pid}`);

/** Removes the users of this run, and what earlier runs have left: users, and an sshd with its folder. */
export function removeLeftovers(): void {
  for (const user of usersNow()) {
    if (othersAlive(Number(user.split("-")[1]))) continue;
    rmSync(`/etc/sudoers.d/${user}`, { force: true });
    execFileSync("userdel", ["-f", user], { stdio: "ignore" });
  }
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith(`${prefix}sshd-`))) {
    const pid = Number(name.split("-")[2]);
    if (pid === process.pid || othersAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    const pidFile = join(folder, "pid");
    const sshd = existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8")) : 0;
    if (
      sshd &&
      existsSync(`/proc/${sshd}`) &&
      readFileSync(`/proc/${sshd}/cmdline`, "latin1").includes(folder)
    )
      end(sshd);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** An sshd for the tests of a suite, there from its first `before` on, and gone with the run's users after the last test. */
export function suiteSshd(settings: readonly string[] = []): () => Sshd {
  let sshd: Sshd | undefined;
  before(async () => {
    removeLeftovers();
    sshd = await startSshd(settings);
  });
  after(async () => {
    removeLeftovers();
    await sshd?.stop();
  });
  return () => {
    if (!sshd) throw new Error("the sshd is started by the suite's `before`");
    return sshd;
  };
}

/** Makes a user for this run. `password` is set where it is given. */
export function makeUser(sshd: Sshd, word: string, { shell = "/bin/sh", password = "" } = {}): string {
  const name = `${prefix}${process.pid}-${word}`;
  const home = join(sshd.folder, word);
  execFileSync("useradd", ["-m", "-d", home, "-s", shell, name], { stdio: "pipe" });
  // A user without any password is locked, and PAM lets nobody in by key either: a hash that fits nothing will do.
  if (password) execFileSync("chpasswd", { input: `${name}:${password}\n` });
  else execFileSync("usermod", ["-p", "*", name]);
  return name;
}

/** Lets a user become root, by a separate file that `removeLeftovers` takes away. */
export function maySudo(user: string, tag: "NOPASSWD:" | "", defaults = ""): void {
  const lines = [`${user} ALL=(ALL) ${tag}ALL`, ...(defaults ? [`Defaults:${user} ${defaults}`] : [])];
  writeFileSync(`/etc/sudoers.d/${user}`, `${lines.join("\n")}\n`, { mode: 0o440 });
}
