import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openCache } from "../../src/artifacts/cache.ts";
import { modulesSource } from "../../src/artifacts/modules/source.ts";
import type { Artifacts, ProgramSet } from "../../src/artifacts/types.ts";
import type { Activity } from "../../src/engine/activity.ts";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { cacheFolder } from "../../src/paths.ts";
import type { Engine } from "../../src/providers/docker/engine.ts";
import { calicoVersion, containerdVersion, kubernetesMinors } from "../../src/versions.ts";
import { makePackage, type PackageSpec, paragraph } from "../support/packages.ts";
import { thisArchitecture, thisPlatform } from "../support/platform.ts";

const minor = "1.36";
const { kubernetes, crictl } = kubernetesMinors[minor];

/** Upstream's places on this computer, filled from what was compiled and laid out as upstream lays them out. */
export interface LocalUpstream {
  mirrors: { packages: string; images: string; manifests: string };
  /** Paths that were asked for, in order. */
  asked: string[];
  close(): Promise<void>;
}

/** Debian's docker-registry at the address at which containers reach this computer. */
async function startRegistry(folder: string, host: string): Promise<{ place: string; child: ChildProcess }> {
  const port = 20_000 + (process.pid % 10_000);
  const config = join(folder, "registry.yml");
  await writeFile(
    config,
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${join(folder, "registry")} } }\nhttp: { addr: "${host}:${port}" }\n`,
  );
  const child = spawn("docker-registry", ["serve", config], { stdio: ["ignore", "ignore", "inherit"] });
  const place = `${host}:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    const answers = await fetch(`http://${place}/v2/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return { place, child };
    await delay(100);
  }
  throw new Error("docker-registry does not answer; is the package docker-registry installed?");
}

/** Pushes what compiled image archives have, and the machines' base system in the place of Debian's image. */
async function fillRegistry({ docker }: Engine, place: string, artifacts: Artifacts, activity: Activity) {
  const push = async (from: string, name: string) => {
    const to = `${place}/${name.replace(/^[^/]*\.io\//, "")}`;
    await docker.run(sh`tag ${from} ${to}`);
    await docker.run(sh`push ${to}`);
    await docker.run(sh`rmi ${to}`);
  };
  for (const set of ["kubernetes", "calico", "nginx", "nginx-stable"] as const) {
    const images = await artifacts.images(set, thisArchitecture, activity);
    if (images.kind !== "archive") throw new Error("the modules source makes archives");
    await docker.run(sh`load --input ${images.file}`);
    for (const name of images.names) await push(name, name);
    await docker.run(sh`rmi ${images.names}`);
  }
  const base = await artifacts.baseSystem(thisArchitecture, activity);
  if (base.kind !== "rootfs") throw new Error("the modules source makes a root file system");
  const name = "labwright-test-base:bookworm";
  // Its packages are those that would be installed, and without sources apt has nothing newer to offer.
  await docker.run(sh`import --change ${"ENV DEBIAN_FRONTEND=noninteractive"} ${base.file} ${name}-full`);
  const container = await docker.run(
    sh`create ${`${name}-full`} sh -c ${"rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*"}`,
  );
  await docker.run(sh`start --attach ${container}`);
  await docker.run(sh`commit ${container} ${name}`);
  await docker.run(sh`rm --force ${container}`);
  await push(name, "library/debian:bookworm");
  await docker.run(sh`rmi ${name} ${`${name}-full`}`);
}

async function packagesOf(artifacts: Artifacts, activity: Activity): Promise<Record<string, PackageSpec[]>> {
  const files = async (set: ProgramSet, folder: string, wanted: (name: string) => boolean = () => true) => {
    const programs = await artifacts.programs(set, thisPlatform, activity);
    const mine = programs.files.filter(({ name }) => wanted(name));
    return Object.fromEntries(mine.map(({ name, path }) => [`${folder}/${name}`, { localFile: path }]));
  };
  const node = await Promise.all(
    ["kubeadm", "kubelet", "kubectl"].map(async (program) => ({
      name: program,
      version: `${kubernetes}-1.1`,
      files: await files("kubernetes-node", "usr/bin", (name) => name === program),
    })),
  );
  return {
    [`/core:/stable:/v${minor}/deb`]: [
      ...node,
      { name: "kubernetes-cni", version: "1.9.1-1.1", files: await files("cni-plugins", "opt/cni/bin") },
      { name: "cri-tools", version: `${crictl}-1.1`, files: await files("crictl", "usr/bin") },
    ],
    "/linux/debian": [
      {
        name: "containerd.io",
        version: `${containerdVersion}-1`,
        files: {
          ...(await files("containerd", "usr/bin")),
          "usr/bin/runc": { localFile: "/usr/sbin/runc" },
        },
      },
    ],
  };
}

async function filesOf(artifacts: Artifacts, activity: Activity): Promise<Map<string, Buffer>> {
  const served = new Map<string, Buffer>();
  for (const [root, packages] of Object.entries(await packagesOf(artifacts, activity))) {
    const paragraphs = packages.map((one) => {
      const file = `pool/${one.name}.deb`;
      const content = makePackage(one);
      served.set(`${root}/${file}`, content);
      return paragraph(one, file, content);
    });
    const index = root === "/linux/debian" ? "/dists/bookworm/stable/binary-amd64/Packages" : "/Packages";
    served.set(`${root}${index}`, Buffer.from(paragraphs.join("\n")));
  }
  const { text } = await artifacts.manifest("calico-typha", activity);
  return served.set(`/v${calicoVersion}/manifests/calico-typha.yaml`, Buffer.from(text));
}

/** Starts upstream's places for a test; `close` ends them and removes what they held. */
export async function startUpstream(engine: Engine, activity: Activity): Promise<LocalUpstream> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-upstream-"));
  const artifacts = await modulesSource({
    cache: openCache(join(cacheFolder(), "artifacts")),
    minor,
  });
  const { stdout } = await localHost().run(sh`ip -4 -oneline address show docker0`);
  const host = /inet ([\d.]+)/.exec(stdout)?.[1];
  if (host === undefined) throw new Error("the engine's own bridge docker0 is not on this computer");
  const files = await filesOf(artifacts, activity);
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const content = files.get(path);
    if (!content) return response.writeHead(404).end();
    response
      .writeHead(200, { "content-length": content.length })
      .end(request.method === "HEAD" ? undefined : content);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { place, child } = await startRegistry(folder, host);
  await fillRegistry(engine, place, artifacts, activity);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    mirrors: { packages: base, images: `http://${place}`, manifests: base },
    asked,
    close: async () => {
      server.close();
      child.kill();
      const pulled = await engine.docker.list(sh`images ${`${place}/*/*`} --format {{.Repository}}:{{.Tag}}`);
      if (pulled.length > 0) await engine.docker.run(sh`rmi ${pulled}`);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
