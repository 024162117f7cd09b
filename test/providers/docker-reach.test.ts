import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { assertAnswers } from "../../src/providers/docker/direct.ts";
import type { EngineFacts } from "../../src/providers/docker/docker.ts";
import {
  type EngineSite,
  placeOfPort,
  publishedPort,
  type Reach,
  reachOf,
} from "../../src/providers/docker/reach.ts";
import { defaultGateway } from "../../src/providers/docker/site.ts";

const linux: EngineSite = {
  endpoint: "unix:///var/run/docker.sock",
  platform: "linux",
  bridged: true,
  outside: undefined,
  forced: false,
};
const debian: EngineFacts = {
  version: "26.1.5+dfsg1",
  operatingSystem: "Debian GNU/Linux 13 (trixie)",
  cgroupVersion: "2",
  storageDriver: "overlay2",
  cpus: 2,
  memory: 4 * 2 ** 30,
  rootFolder: "/var/lib/docker",
  architecture: "x86_64",
  securityOptions: '["name=apparmor","name=seccomp,profile=builtin","name=cgroupns"]',
  type: "linux",
};
const on = (operatingSystem: string, more: Partial<EngineFacts> = {}) => ({
  ...debian,
  operatingSystem,
  ...more,
});

const direct: Reach = { kind: "direct" };
const here: Reach = { kind: "published", host: "127.0.0.1", bind: "127.0.0.1" };
const at = (host: string): Reach => ({ kind: "published", host, bind: "0.0.0.0" });
const refused = (because: string, remedy: string): Reach => ({ kind: "refused", because, remedy });

/** Computers and engines that people have. Where an engine's words come from a report, it stands above the line. */
const computers: [name: string, site: Partial<EngineSite>, facts: EngineFacts, reach: Reach][] = [
  [
    "Debian 12, its docker.io",
    {},
    on("Debian GNU/Linux 12 (bookworm)", { version: "20.10.24+dfsg1" }),
    direct,
  ],
  ["Debian 13, its docker.io and docker-cli", {}, debian, direct],
  ["Fedora, docker-ce, a user in the group docker", {}, on("Fedora Linux 43 (Workstation Edition)"), direct],
  ["GitHub's runner ubuntu-24.04", {}, on("Ubuntu 24.04.3 LTS", { version: "28.0.4" }), direct],
  ["WSL2 with its own engine", {}, on("Debian GNU/Linux 13 (trixie)", { cgroupVersion: "1" }), direct],
  ["an engine without any bridge", { bridged: undefined }, debian, direct],
  // canonical/docker-snap: data-root is in $SNAP_COMMON.
  [
    "Docker as a snap",
    {},
    on("Ubuntu Core 24", { rootFolder: "/var/snap/docker/common/var-lib-docker" }),
    direct,
  ],
  // docker/for-mac and docker/for-win reports: `Operating System: Docker Desktop`.
  [
    "macOS with Docker Desktop",
    { platform: "darwin", endpoint: "unix:///Users/me/.docker/run/docker.sock", bridged: false },
    on("Docker Desktop", { architecture: "aarch64" }),
    here,
  ],
  ["WSL2 with Docker Desktop", { bridged: false }, on("Docker Desktop"), here],
  [
    "macOS with Colima",
    { platform: "darwin", endpoint: "unix:///Users/me/.colima/default/docker.sock", bridged: false },
    on("Ubuntu 24.04.1 LTS"),
    here,
  ],
  ["macOS with OrbStack", { platform: "darwin", bridged: false }, on("OrbStack"), here],
  ["macOS with Rancher Desktop", { platform: "darwin", bridged: false }, on("Alpine Linux v3.20"), here],
  ["WSL2 with Rancher Desktop", { bridged: false }, on("Rancher Desktop WSL Distribution"), here],
  ["LABWRIGHT_REACH=published", { forced: true }, debian, here],
  // testcontainers/testcontainers-python#668, ory/dockertest#181: ports are at the service's host name.
  [
    "GitLab with docker:dind",
    { endpoint: "tcp://docker:2375", bridged: false, outside: "172.18.0.1" },
    on("Alpine Linux v3.22"),
    at("docker"),
  ],
  [
    "GitLab with docker:dind and TLS",
    { endpoint: "tcp://docker:2376", bridged: false, outside: "172.18.0.1" },
    on("Alpine Linux v3.22"),
    at("docker"),
  ],
  ["DOCKER_HOST=ssh://", { endpoint: "ssh://me@build.example", bridged: false }, debian, at("build.example")],
  [
    "a remote engine whose bridges are called like ours",
    { endpoint: "tcp://10.0.0.5:2376" },
    debian,
    at("10.0.0.5"),
  ],
  ["a remote engine, forced", { endpoint: "tcp://10.0.0.5:2376", forced: true }, debian, at("10.0.0.5")],
  ["an engine of this computer over TCP", { endpoint: "tcp://localhost:2375" }, debian, direct],
  [
    "an engine behind a port of this computer",
    { endpoint: "tcp://127.0.0.1:2375", bridged: false },
    debian,
    here,
  ],
  [
    "a job's container with the host's socket",
    { bridged: false, outside: "172.17.0.1" },
    debian,
    at("172.17.0.1"),
  ],
  ["a container in the host's network, with its socket", { outside: "192.168.1.1" }, debian, direct],
  // docs.docker.com/engine/security/rootless: `Security Options` has rootless; container addresses cannot be reached.
  [
    "rootless Docker",
    { endpoint: "unix:///run/user/1000/docker.sock", bridged: false },
    on("Debian GNU/Linux 13 (trixie)", {
      securityOptions: '["name=seccomp,profile=builtin","name=rootless"]',
    }),
    refused(
      "the Docker engine runs rootless, and a machine needs privileges that such an engine does not have",
      "Use an engine that runs as root: `docker context use default`, or set DOCKER_HOST.",
    ),
  ],
  // containers/podman, pkg/api/handlers/compat: DockerRootDir is the storage's graph root.
  [
    "Podman's Docker API",
    { endpoint: "unix:///run/podman/podman.sock", bridged: false },
    on("fedora", { version: "5.6.2", rootFolder: "/var/lib/containers/storage" }),
    refused(
      "the engine is Podman, which labwright does not support",
      "Install Docker, or set DOCKER_HOST to a Docker engine.",
    ),
  ],
  [
    "Docker Desktop with Windows containers",
    { platform: "linux", bridged: false },
    on("Microsoft Windows Version 23H2", { type: "windows", securityOptions: "[]" }),
    refused(
      "the Docker engine runs Windows containers, and machines are Linux containers",
      "Switch Docker Desktop to Linux containers.",
    ),
  ],
];

for (const [name, site, facts, reach] of computers)
  test(`reach: ${name}`, () => assert.deepEqual(reachOf({ ...linux, ...site }, facts), reach));

test("the port that an engine published is read, wherever it is bound", () => {
  assert.equal(
    publishedPort("0.0.0.0:32768->22/tcp, [::]:32769->22/tcp, 0.0.0.0:32770->6443/tcp", 22),
    "32768",
  );
  assert.equal(publishedPort("[::]:32769->22/tcp, 0.0.0.0:32768->22/tcp", 22), "32768");
  assert.equal(publishedPort("127.0.0.1:49153->6443/tcp, 22/tcp", 6443), "49153");
  assert.equal(publishedPort("22/tcp", 22), undefined);
});

test("the default gateway is read from the kernel's routes", () => {
  const routes =
    "Iface\tDestination\tGateway \tFlags\neth0\t000011AC\t00000000\t0001\neth0\t00000000\t010011AC\t0003\n";
  assert.equal(defaultGateway(routes), "172.17.0.1");
  assert.equal(defaultGateway(""), undefined);
});

test("a container that answers or refuses is there; what nobody answers for is elsewhere", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  await assertAnswers("127.0.0.1", port);
  await new Promise((resolve) => server.close(resolve));
  await assertAnswers("127.0.0.1", port);
  // TCP has no broadcast.
  await assert.rejects(assertAnswers("255.255.255.255"), {
    code: "engine-elsewhere",
    message: /255\.255\.255\.255:22/,
  });
});

test("a machine is looked for where it is, however it was made, and never at a port of this computer by default", () => {
  const published: Reach = { kind: "published", host: "build.example", bind: "0.0.0.0" };
  const ports = "0.0.0.0:32768->22/tcp, [::]:32768->22/tcp";
  assert.equal(placeOfPort(published, { address: "10.89.0.10", ports }, 22), "build.example:32768");
  assert.equal(placeOfPort(published, { address: "10.89.0.10", ports }, 30080), undefined);
  assert.equal(placeOfPort(published, { address: "10.89.0.10", ports: "" }, 22), "10.89.0.10:22");
  assert.equal(placeOfPort({ kind: "direct" }, { address: "10.89.0.10", ports }, 22), "10.89.0.10:22");
});
