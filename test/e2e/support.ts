import assert from "node:assert/strict";
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { labFolder } from "../../src/paths.ts";
import { type Engine, requireEngine } from "../../src/providers/docker/engine.ts";
import { wordsOf } from "../support/interrupted.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

export interface Ran {
  code: number | null;
  output: string;
  seconds: number;
}

export interface RunOptions {
  /** Milliseconds until a kill -9; counted from `killWhen`, where that is given, on. */
  killAfter?: number;
  /** What has to be in the output before the time to the kill begins. */
  killWhen?: RegExp;
  /** What it is killed with. Default: SIGKILL. */
  killWith?: NodeJS.Signals;
  /** Is given the process that was started. */
  onStart?: (child: ChildProcess) => void;
  env?: Record<string, string>;
}

/** Whether this is CI's run, which has to end within the hour on two cores that have nothing in their caches. */
export const isShort = process.env.LABWRIGHT_E2E === "short";

/** What only the long run does: why it is skipped in the short one. */
export const long = isShort && "the long run has it: `npm run e2e:all`";

/** One lab for a test: its file, and its own kubeconfig, so that the user's is not changed. */
export interface TestLab {
  name: string;
  file: string;
  kubeconfig: string;
  engine: Engine;
  /** Runs a command of labwright on the lab, as a person would. */
  labwright(args: string[], options?: RunOptions): Promise<Ran>;
  /** Runs a command in a machine through the engine, past labwright. */
  inside(machine: string, script: string): Promise<string>;
  /** What the engine has of the lab: names of containers, networks and volumes. */
  leftovers(): Promise<string[]>;
}

export interface JumpMachines {
  /** Names of the workers. */
  workers?: readonly string[];
  /** Where a machine is that exists already; absent: the provider makes all of them. */
  host?: (name: string) => string;
}

/** A cluster, a jump host that labwright cannot be root on, and behind it a server that asks for a password. */
export function jumpMachines({ workers = ["w"], host }: JumpMachines = {}): string {
  const place = (name: string) => (host ? `, host: ${host(name)}` : "");
  return `machines:
  - { name: cp, role: control-plane${place("cp")} }
${workers.map((name) => `  - { name: ${name}, role: worker${place(name)} }\n`).join("")}\
  - { name: jump_host, role: jump-host, user: thor, sudo: none${place("jump_host")} }
  - name: stapp01
    role: app-server
    user: tony
    via: jump_host
    sudo: password
    login: [key, password]
    software: [docker]
${host ? `    host: ${host("stapp01")}\n` : ""}`;
}

const main = join(import.meta.dirname, "../../src/main.ts");

/** Waits for a child's end, and kills it before that if the options say so. */
export async function ranToEnd(
  child: ChildProcessWithoutNullStreams,
  {
    killAfter,
    killWhen,
    killWith = "SIGKILL",
  }: { killAfter: number | undefined; killWhen: RegExp | undefined; killWith?: NodeJS.Signals | undefined },
): Promise<Ran> {
  const started = Date.now();
  let output = "";
  let timer: NodeJS.Timeout | undefined;
  const aim = () => {
    if (timer || killAfter === undefined || (killWhen && !killWhen.test(output))) return;
    timer = setTimeout(() => child.kill(killWith), killAfter);
  };
  aim();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      output += data;
      aim();
    });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  return { code, output, seconds: (Date.now() - started) / 1000 };
}

/**
 * An empty folder for a class file, always the same one: labs that a killed run of the test has left belong to the class of that file, and
 * no class of another file removes them.
 */
export async function classFolder(test: string): Promise<string> {
  const folder = join(tmpdir(), `labwright-e2e-${test}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return folder;
}

/** Runs `labwright … --file FILE …` for a lab file whose cluster is entered into a kubeconfig of the test's own. */
export function runnerOf(file: string, kubeconfig: string): TestLab["labwright"] {
  return async (args, { killAfter, killWhen, killWith, onStart, env } = {}) => {
    const words = wordsOf(args);
    const [command, rest] = [args.slice(0, words), args.slice(words)];
    const child = spawn(process.execPath, [main, ...command, "--file", file, ...rest], {
      env: { ...process.env, KUBECONFIG: kubeconfig, CI: "true", ...env },
    });
    onStart?.(child);
    return ranToEnd(child, { killAfter, killWhen, killWith });
  };
}

/** The run, which has to have succeeded. */
export function succeeds(ran: Ran): Ran {
  assert.equal(ran.code, 0, ran.output);
  return ran;
}

/** What a command of labwright prints; it has to succeed. */
export const outputOf = async (lab: Pick<TestLab, "labwright">, args: string[]): Promise<string> =>
  succeeds(await lab.labwright(args)).output;

export async function testLab(name: string, text = ""): Promise<TestLab> {
  const folder = await temporaryFolder(`e2e-${name}`);
  const file = join(folder, "lab.yaml");
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(file, `name: ${name}\n${text}`);
  const engine = await requireEngine();
  const labwright = runnerOf(file, kubeconfig);

  const inside = (machine: string, script: string) =>
    engine.docker.run(sh`exec ${`labwright-${name}.${machine}`} bash -c ${script}`);

  const leftovers = () => leftoversOf(name, engine);

  return { name, file, kubeconfig, engine, labwright, inside, leftovers };
}

/**
 * A lab of existing hosts, which are containers of the test itself. Those that an earlier, killed run's lab has taken are
 * gone, and its folder would only ask for them.
 */
export async function hostsLab(name: string, text = ""): Promise<TestLab> {
  await rm(labFolder(name), { recursive: true, force: true });
  return testLab(name, text);
}

/** Names of a lab's containers, networks, volumes and images on an engine. */
export async function leftoversOf(name: string, { docker }: Engine): Promise<string[]> {
  const filter = `label=labwright.lab=${name}`;
  const volumes = sh`volume ls --filter dangling=true --filter ${`name=${name}`} --format {{.Name}}`;
  return [
    ...(await docker.list(sh`ps --all --filter ${filter} --format {{.Names}}`)),
    ...(await docker.list(sh`network ls --filter ${filter} --format {{.Name}}`)),
    ...(await docker.list(volumes)),
    ...(await docker.list(sh`image ls --filter ${filter} --format {{.Repository}}:{{.Tag}}`)),
  ];
}

/** Names of the anonymous volumes of a lab's machines: each has two, for containerd and Docker, which go with it. */
export async function anonymousVolumes({ engine: { docker }, name }: TestLab): Promise<string[]> {
  const ids = await docker.list(sh`ps --all --quiet --filter ${`label=labwright.lab=${name}`}`);
  const format = '{{range .Mounts}}{{if eq .Type "volume"}}{{println .Name}}{{end}}{{end}}';
  const names = ids.length === 0 ? [] : await docker.list(sh`inspect --format ${format} ${ids}`);
  return names.filter((one) => /^[0-9a-f]{64}$/.test(one));
}

export const mounts = async (): Promise<string> =>
  (await localHost().run(sh`cut -d' ' -f2 /proc/mounts | grep -v -e /overlay2/ -e /netns/ -e shm | sort`))
    .stdout;
