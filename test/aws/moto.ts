import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { messageOf } from "../../src/errors.ts";
import { isThere } from "../../src/is-there.ts";
import { cacheFolder } from "../../src/paths.ts";

const run = promisify(execFile);
const version = "5.2.5";

/** moto in its own virtual environment, made if absent; or the reason why that is impossible. */
export async function findMoto(): Promise<{ python: string } | { missing: string }> {
  const folder = join(cacheFolder(), "tests", `moto-${version}`);
  const python = join(folder, "bin/python");
  if (await isThere(python)) return { python };
  await mkdir(dirname(folder), { recursive: true });
  // Its name changes only when it is complete; another test file may be making the same.
  const making = await mkdtemp(`${folder}.`);
  try {
    await run("python3", ["-m", "venv", making]);
    const pip = ["-m", "pip", "install", "--quiet", `moto[ec2,server]==${version}`];
    await run(join(making, "bin/python"), pip, { timeout: 240_000 });
    await rename(making, folder).catch(async (error: unknown) => {
      if (!(await isThere(python))) throw error;
    });
    return { python };
  } catch (error) {
    return { missing: `python3 with venv and pip cannot install moto ${version} here: ${messageOf(error)}` };
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/** Ends with the process that reads from it, however that ends: nothing writes to its standard input. */
const server = `
import os, sys, threading
from moto.server import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
`;

/** As Debian's and Canonical's accounts publish them. */
const images = [
  ["ami-00000000000000012", "debian-12-amd64-20250101-2000", "136693071363", "2025-01-01"],
  ["ami-00000000000000013", "debian-12-amd64-20250601-2100", "136693071363", "2025-06-01"],
  ["ami-00000000000000014", "debian-12-arm64-20250701-2200", "136693071363", "2025-07-01"],
  ["ami-00000000000000015", "debian-13-amd64-20250801-2300", "136693071363", "2025-08-01"],
  ["ami-00000000000000016", "debian-12-amd64-20260101-0001", "999999999999", "2026-01-01"],
  [
    "ami-00000000000000017",
    "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20250601",
    "099720109477",
    "2025-06-01",
  ],
].map(([ami_id, name = "", owner_id, day]) => ({
  ami_id,
  name,
  owner_id,
  creation_date: `${day}T00:00:00.000Z`,
  architecture: name.includes("arm64") ? "arm64" : "x86_64",
  public: true,
  virtualization_type: "hvm",
  root_device_type: "ebs",
}));

export interface Moto {
  endpoint: string;
  close(): Promise<void>;
}

/** A service on 127.0.0.1 that speaks EC2. */
export async function startMoto(python: string): Promise<Moto> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-moto-"));
  const file = join(folder, "images.json");
  await writeFile(file, JSON.stringify(images));
  const child = spawn(python, ["-c", server], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, MOTO_AMIS_PATH: file },
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  const close = async () => {
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { endpoint: await endpointOf(child), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function endpointOf({ stdout, stderr }: ChildProcess): Promise<string> {
  let said = "";
  for (const stream of [stdout, stderr]) stream?.on("data", (data) => (said += data));
  for (const until = Date.now() + 30_000; Date.now() < until; await sleep(50)) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`moto does not tell its address: ${said}`);
}
