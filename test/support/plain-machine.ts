import { generateKeyPair, type KeyPair } from "../../src/hosts/keys.ts";
import { sh } from "../../src/hosts/sh.ts";
import { connectWhenUp } from "../../src/hosts/ssh.ts";
import type { Access, Host } from "../../src/hosts/types.ts";
import { isRunning, thisProcess } from "../../src/local/process-name.ts";
import type { Docker } from "../../src/providers/docker/docker.ts";
import { type Engine, findEngine } from "../../src/providers/docker/engine.ts";
import { startMachine } from "../../src/providers/docker/machine.ts";
import { plainImage } from "./plain-image.ts";

export interface PlainSpec {
  name: string;
  /** Default: the name. */
  hostname?: string;
  /** The login user; made where it is not root. Default: `root`. */
  user?: string;
  /** Public keys that may log in, a line each; absent: one that the site has made. */
  authorizedKey?: string;
  /** The user's password, which sudo then asks for; absent: sudo asks for none. */
  password?: string;
  /** The host key that the machine shows; absent: made for it. */
  hostKey?: KeyPair;
  labels?: Record<string, string>;
  /** Further `docker create` flags. */
  flags?: string[];
}

export interface PlainMachine {
  name: string;
  container: string;
  /** Where other machines of the site, and this computer, reach it. */
  address: string;
  /** How to log in as its user; the host key is known already. */
  access: Access;
  /** A new connection, as root (through sudo where the user is another). */
  connect(): Promise<Host>;
  /** Runs a script in it through the engine, past SSH, and returns what it prints. */
  inside(script: string): Promise<string>;
  remove(): Promise<void>;
}

/** A network of the test's own with plain Debian machines on it. */
export interface PlainSite {
  engine: Engine;
  network: string;
  /** The network in CIDR notation. */
  subnet: string;
  /** The pair whose public key every machine knows that was not given another. */
  key: KeyPair;
  start(spec: PlainSpec): Promise<PlainMachine>;
  /** Removes all machines, their volumes, and the network. */
  close(): Promise<void>;
}

export interface SiteOptions {
  /** Part of the names that the engine shows. */
  word: string;
  /** Whether machines reach nothing beyond their own network and this computer. */
  offline?: boolean;
  /** What machines are made from. Default: a plain Debian. */
  imageOf?: (engine: Engine) => Promise<string>;
}

/** Its value names the process that started the thing, so that what a killed run left is told apart. */
const testLabel = "labwright.test";

/** Opens a site, and removes first what killed runs have left. Undefined where no engine with reachable containers answers. */
export async function plainSite({
  word,
  offline = false,
  imageOf = plainImage,
}: SiteOptions): Promise<PlainSite | undefined> {
  const engine = await findEngine();
  if (!engine?.direct) return undefined;
  const { docker } = engine;
  await removeLeftovers(docker);
  const owner = `${thisProcess().pid}.${thisProcess().started}`;
  const mine = `label=${testLabel}=${owner}.${word}`;
  const network = `labwright-test-${process.pid}-${word}`;
  const image = await imageOf(engine);
  await docker.run(
    sh`network create ${offline ? ["--internal"] : []} --label ${mine.slice("label=".length)} ${network}`,
  );
  const subnet = await docker.run(
    sh`network inspect --format ${"{{(index .IPAM.Config 0).Subnet}}"} ${network}`,
  );
  const key = generateKeyPair("labwright-test");

  async function start(spec: PlainSpec): Promise<PlainMachine> {
    const { name, user = "root", authorizedKey = key.publicKey, password, flags = [] } = spec;
    const hostKey = spec.hostKey ?? generateKeyPair(name);
    const container = `${network}.${name}`;
    const setup = generateKeyPair("labwright-test-setup");
    await startMachine(engine as Engine, {
      container,
      hostname: spec.hostname ?? name,
      image,
      labels: { ...spec.labels, [testLabel]: `${owner}.${word}` },
      // Overlay mounts of the machine's own runtime need something else than an overlay below them.
      flags: ["--network", network, "--volume", "/var", ...flags],
      user,
      sudo: "passwordless",
      passwords: {},
      authorizedKey: setup.publicKey,
      hostKey,
      ports: [],
    });
    const address = await docker.run(
      sh`inspect --format ${"{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"} ${container}`,
    );
    const reached = { host: address, port: 22, hostKeys: [hostKey.publicKey] };
    const root: Access = { ...reached, user: "root", privateKey: setup.privateKey, sudo: { kind: "none" } };
    const host = await connectWhenUp(name, root, { seconds: 60 });
    await makePlain(host, { user, authorizedKey, password }).finally(() => host.close());
    const access: Access = {
      ...reached,
      user,
      ...(spec.authorizedKey === undefined && { privateKey: key.privateKey }),
      ...(password !== undefined && { password }),
      sudo:
        user === "root"
          ? { kind: "none" }
          : password === undefined
            ? { kind: "passwordless" }
            : { kind: "password", password },
    };
    return {
      name,
      container,
      address,
      access,
      connect: () => connectWhenUp(name, access, { seconds: 60 }),
      inside: (script) => docker.run(sh`exec ${container} sh -c ${script}`),
      remove: async () => {
        await docker.run(sh`rm --force --volumes ${container}`);
      },
    };
  }

  return { engine, network, subnet, key, start, close: () => removeAll(docker, mine) };
}

/** Takes away what made the container a machine of ours, so that it is a machine that we know nothing about. */
async function makePlain(
  host: Host,
  { user, authorizedKey, password }: { user: string; authorizedKey: string; password: string | undefined },
): Promise<void> {
  const secret = "/run/labwright-test-password";
  if (password !== undefined)
    await host.write({ path: secret, content: `${user}:${password}\n`, mode: 0o600 });
  await host.write({ path: "/run/labwright-test-keys", content: `${authorizedKey}\n`, mode: 0o644 });
  await host.run(sh`
    set -e
    home=$(getent passwd ${user} | cut -d: -f6)
    if [ -e ${secret} ]; then
      chpasswd <${secret}
      rm ${secret}
      [ ${user} = root ] || printf '%s ALL=(ALL:ALL) ALL\n' ${user} >/etc/sudoers.d/${user}
    fi
    [ ${user} = root ] || rm /root/.ssh/authorized_keys
    install -m 600 -o ${user} -g ${user} /run/labwright-test-keys "$home/.ssh/authorized_keys"
    rm -r /run/labwright-test-keys /etc/labwright`);
}

async function removeAll(docker: Docker, filter: string): Promise<void> {
  const containers = await docker.list(sh`ps --all --quiet --filter ${filter}`);
  if (containers.length > 0) await docker.run(sh`rm --force --volumes ${containers}`, { accept: "any" });
  const networks = await docker.list(sh`network ls --quiet --filter ${filter}`);
  if (networks.length > 0) await docker.run(sh`network rm ${networks}`, { accept: "any" });
}

async function removeLeftovers(docker: Docker): Promise<void> {
  const format = `{{.Label "${testLabel}"}}`;
  const filter = `label=${testLabel}`;
  const owners = [
    ...(await docker.list(sh`ps --all --filter ${filter} --format ${format}`)),
    ...(await docker.list(sh`network ls --filter ${filter} --format ${format}`)),
  ];
  for (const owner of new Set(owners)) {
    const [pid, started = ""] = owner.split(".");
    if (!isRunning({ pid: Number(pid), started })) await removeAll(docker, `${filter}=${owner}`);
  }
}
