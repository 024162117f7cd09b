import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sh } from "../../src/hosts/sh.ts";
import { isRunning, thisProcess } from "../../src/local/process-name.ts";
import type { Docker } from "../../src/providers/docker/docker.ts";
import { findEngine } from "../../src/providers/docker/engine.ts";
import { findPower } from "../../src/providers/docker/machine.ts";
import type { Computers } from "./computers.ts";
import { cloudImage } from "./image.ts";

/** Its value names the process that runs the service, so that what a killed one left is told apart. */
const label = "labwright.test-cloud";

/** Out of the addresses that no one on the internet has (RFC 6598), another network for each process. */
const publicPrefix = `100.${64 + (process.pid % 60)}.${Math.floor(process.pid / 60) % 250}`;

/**
 * Servers that are system containers, on a network that stands for the internet. Undefined where no engine with
 * containers that can be reached answers.
 */
export async function containerComputers(): Promise<Computers | undefined> {
  const engine = await findEngine();
  if (!engine?.direct) return undefined;
  const { docker } = engine;
  await removeLeftovers(docker);
  const image = await cloudImage(engine);
  const power = await findPower(engine, image);
  const owner = `${thisProcess().pid}.${thisProcess().started}`;
  const outside = `labwright-cloud-${process.pid}`;
  const container = (name: string) => `${outside}.${name}`;
  const network = (id: number) => `${outside}.${id}`;
  const subnet = `${publicPrefix}.0/24`;
  await docker.run(sh`network create --subnet ${subnet} --label ${`${label}=${owner}`} ${outside}`);
  let made = 0;

  async function seed(name: string, userData: string, keys: readonly string[]): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "labwright-cloud-"));
    const place = join(folder, "var/lib/cloud/seed/nocloud");
    const meta = { "instance-id": `${name}-${Date.now()}`, "local-hostname": name, "public-keys": keys };
    try {
      await mkdir(place, { recursive: true });
      await writeFile(join(place, "user-data"), userData, { mode: 0o600 });
      await writeFile(join(place, "meta-data"), JSON.stringify(meta));
      await docker.run(sh`cp ${`${folder}/.`} ${`${container(name)}:/`}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  return {
    async make(name, userData, keys) {
      const ip = `${publicPrefix}.${10 + (made++ % 200)}`;
      const flags = [
        ...["--name", container(name), "--hostname", name, "--label", `${label}=${owner}`],
        ...["--env", "container=docker", "--stop-signal", "SIGRTMIN+3", "--cgroupns", "private"],
        ...["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec,mode=1777"],
        // Overlay mounts of the machine's own runtime need something else than an overlay below them.
        ...["--network", outside, "--ip", ip, "--volume", "/var"],
      ];
      await docker.run(sh`create ${power} ${flags} ${image} /usr/local/sbin/labwright-init`);
      await seed(name, userData, keys);
      return { ip };
    },
    async makeNetwork(id, ipRange) {
      await docker.run(
        sh`network create --internal --subnet ${ipRange} --label ${`${label}=${owner}`} ${network(id)}`,
      );
    },
    async removeNetwork(id) {
      await docker.run(sh`network rm ${network(id)}`, { accept: "any" });
    },
    async attach(name, id, ip) {
      await docker.run(sh`network connect --ip ${ip} ${network(id)} ${container(name)}`);
    },
    async powerOn(name) {
      await docker.run(sh`start ${container(name)}`);
    },
    async powerOff(name) {
      await docker.run(sh`stop --time 1 ${container(name)}`);
    },
    async remove(name) {
      await docker.run(sh`rm --force --volumes ${container(name)}`, { accept: "any" });
    },
    close: () => removeAll(docker, owner),
  };
}

async function removeAll(docker: Docker, owner: string): Promise<void> {
  const filter = `label=${label}=${owner}`;
  const containers = await docker.list(sh`ps --all --quiet --filter ${filter}`);
  if (containers.length > 0) await docker.run(sh`rm --force --volumes ${containers}`, { accept: "any" });
  const networks = await docker.list(sh`network ls --quiet --filter ${filter}`);
  if (networks.length > 0) await docker.run(sh`network rm ${networks}`, { accept: "any" });
}

async function removeLeftovers(docker: Docker): Promise<void> {
  const format = `{{.Label "${label}"}}`;
  const owners = [
    ...(await docker.list(sh`ps --all --filter ${`label=${label}`} --format ${format}`)),
    ...(await docker.list(sh`network ls --filter ${`label=${label}`} --format ${format}`)),
  ];
  for (const owner of new Set(owners)) {
    const [pid, started = ""] = owner.split(".");
    if (!isRunning({ pid: Number(pid), started })) await removeAll(docker, owner);
  }
}
