import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { Namespace } from "../upstream/network/namespace.ts";
import { type Ran, type RunOptions, ranToEnd } from "./support.ts";

const exec = promisify(execFile);

export interface ComputerOptions {
  network: Namespace;
  /** What the computer's owner has set: proxies, and the company's certificate authority. */
  environment: Record<string, string>;
  /** The engine's release; absent: this computer's programs. */
  engine?: { programs: string; settings?: Record<string, unknown> };
  /** Who runs labwright, in the group docker; absent: root. */
  user?: string;
}

/** A person's computer: an engine, its own home with empty caches, and no programs that only developers have. */
export interface Computer {
  folder: string;
  socket: string;
  run(args: string[], options?: RunOptions): Promise<Ran>;
  docker(...words: string[]): Promise<string>;
  close(): Promise<void>;
}

/** What a computer with an engine need not have. */
const withoutPrograms = /^(go|gofmt|dpkg.*|apt.*|mmdebstrap|debootstrap|ar|gpg.*|xz.*|unxz|zstd.*|unzstd)$/;

async function ordinaryPrograms(folder: string, places: string): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  for (const place of places.split(":")) {
    for (const name of await readdir(place).catch(() => []))
      if (!withoutPrograms.test(name))
        await symlink(join(place, name), join(bin, name)).catch(() => undefined);
  }
  return bin;
}

async function startEngine(
  options: ComputerOptions,
  folder: string,
  socket: string,
  path: string,
): Promise<ChildProcess> {
  const { network, environment, engine } = options;
  const settings = {
    "data-root": join(folder, "data"),
    "exec-root": join(folder, "exec"),
    pidfile: join(folder, "docker.pid"),
    hosts: [`unix://${socket}`],
    ...engine?.settings,
  };
  await writeFile(join(folder, "daemon.json"), JSON.stringify(settings));
  const log = await open(join(folder, "dockerd.log"), "a");
  const { HTTPS_PROXY = "", HTTP_PROXY = "", NO_PROXY = "", NODE_EXTRA_CA_CERTS = "" } = environment;
  const env = {
    PATH: path,
    HOME: folder,
    HTTPS_PROXY,
    HTTP_PROXY,
    NO_PROXY,
    SSL_CERT_FILE: NODE_EXTRA_CA_CERTS,
    SSL_CERT_DIR: folder,
  };
  const [program = "", ...words] = [
    ...network.enter,
    "dockerd",
    "--config-file",
    join(folder, "daemon.json"),
  ];
  const child = spawn(program, words, { env, stdio: ["ignore", log.fd, log.fd] });
  await log.close();
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    const isUp = await exec("docker", ["-H", `unix://${socket}`, "version"]).then(
      () => true,
      () => false,
    );
    if (isUp) return child;
    await delay(200);
  }
  child.kill();
  throw new Error(
    `the engine does not answer: ${(await readFile(join(folder, "dockerd.log"), "utf8")).slice(-2000)}`,
  );
}

/** What to put before a command that a user runs, who owns the home in `folder`. */
async function becoming(user: string | undefined, folder: string): Promise<string[]> {
  if (user === undefined) return [];
  const { stdout } = await exec("getent", ["group", "docker"]);
  await exec("chown", [user, join(folder, "home")]);
  await exec("chmod", ["755", folder]);
  return ["setpriv", "--reuid", user, "--clear-groups", "--regid", stdout.split(":")[2] ?? ""];
}

export async function startComputer(options: ComputerOptions): Promise<Computer> {
  const { network, environment } = options;
  const folder = await mkdtemp(join(tmpdir(), "lw-computer-"));
  const socket = join(folder, "docker.sock");
  const places = [options.engine?.programs, process.env.PATH].filter(Boolean).join(":");
  const path = await ordinaryPrograms(folder, places);
  const engine = await startEngine(options, folder, socket, places);
  const main = join(import.meta.dirname, "../../src/main.ts");
  const base = {
    PATH: path,
    HOME: join(folder, "home"),
    DOCKER_HOST: `unix://${socket}`,
    CI: "true",
    ...environment,
  };
  await mkdir(base.HOME);
  const as = await becoming(options.user, folder);

  const run: Computer["run"] = async (args, { killAfter, killWhen, env } = {}) => {
    const [program = "", ...words] = [...network.inhabit, ...as, process.execPath, main, ...args];
    const child = spawn(program, words, { cwd: base.HOME, env: { ...base, ...env } });
    return ranToEnd(child, { killAfter, killWhen });
  };

  return {
    folder,
    socket,
    run,
    docker: async (...words) =>
      (await exec("docker", ["-H", `unix://${socket}`, ...words], { env: { PATH: places } })).stdout.trim(),
    close: async () => {
      const ended = new Promise((done) => engine.once("exit", done));
      engine.kill();
      if (engine.exitCode === null) await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
