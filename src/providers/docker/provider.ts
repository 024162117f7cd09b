import type { Activity } from "../../engine/activity.ts";
import { sh } from "../../hosts/sh.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { accessOf, type Place } from "../access.ts";
import { type Credentials, labCredentials, loginPasswordsIn } from "../credentials.ts";
import { type KeyPair, labKey } from "../keys.ts";
import { neverStartedWords } from "../shared/start-failure.ts";
import { assignAddresses } from "../shared/subnet.ts";
import type { Found, Making, Provider } from "../types.ts";
import { label, nameTaken } from "./docker.ts";
import { type Engine, requireEngine } from "./engine.ts";
import { ensureImage } from "./image.ts";
import { givePasswords, startMachine } from "./machine.ts";
import { ensureNetwork, networkName } from "./network.ts";
import { placeOfPort } from "./reach.ts";
import { resume } from "./resume.ts";
import { imagesFolder } from "./volume.ts";

export { ground } from "./ground.ts";

export async function open(lab: Lab): Promise<Provider> {
  return new DockerProvider(lab, await requireEngine());
}

/** Neither a lab's name nor a machine's has a dot in it, so that no two machines' containers are called the same. */
const containerName = (lab: string, machine: string): string => `labwright-${lab}.${machine}`;

/** Ports that a machine offers where containers' addresses cannot be reached: sshd, the API server, NodePorts. */
export const publishedPorts = [22, 6443, 30080];

/** What `up` does about a container that is neither running nor only stopped, by the engine's word for its state. */
const pending: Record<string, string> = {
  paused: "is paused, and will be unpaused",
  created: neverStartedWords,
};

/** Machines as system containers of a Docker engine. */
class DockerProvider implements Provider {
  readonly #lab: Lab;
  readonly #engine: Engine;

  constructor(lab: Lab, engine: Engine) {
    this.#lab = lab;
    this.#engine = engine;
  }

  async find(): Promise<Found[]> {
    const fields = [label.machine, label.address, label.hostKey].map((name) => `{{.Label "${name}"}}`);
    const format = ["{{.Names}}", "{{.State}}", "{{.Ports}}", ...fields].join("\t");
    const rows = await this.#engine.docker.list(sh`ps --all --filter ${this.#mine()} --format ${format}`);
    if (rows.length === 0) return [];
    const rowsByName = new Map(rows.map((row) => [row.split("\t")[3] ?? "", row]));
    const key = await labKey(this.#lab.name);
    const credentials = await this.#credentials([...rowsByName.keys()]);
    const places = new Map([...rowsByName].map(([name, row]) => [name, this.#placeIn(row)]));
    const keeping = { lab: this.#lab, places, privateKey: key.privateKey, credentials };
    const found = [...places].map(([name, { state, address, reach }]) => ({
      name,
      running: state === "running",
      ...(state in pending && { pending: pending[state] }),
      address,
      access: accessOf(name, keeping),
      reach,
    }));
    if (key.fresh) await this.#authorize(found, key);
    return found;
  }

  #mine(): string {
    return `label=${label.lab}=${this.#lab.name}`;
  }

  #placeIn(row: string): Place & Pick<Found, "reach"> & { state: string } {
    const [, state = "", ports = "", , address = "", hostKey = ""] = row.split("\t");
    const reach = (port: number) => placeOfPort(this.#engine.reach, { address, ports }, port);
    const [host = "", port = ""] = (reach(22) ?? `${address}:22`).split(":");
    return { state, address, reach, host, port: Number(port), hostKeys: [hostKey] };
  }

  /** Passwords that are new since a machine was made go to it through the engine, as a lost key does. */
  #credentials(existing: readonly string[]): Promise<Credentials> {
    return labCredentials(this.#lab, async (machine, passwords) => {
      if (!existing.includes(machine)) return;
      const container = containerName(this.#lab.name, machine);
      await givePasswords(this.#engine, { container, passwords });
    });
  }

  /** A key that was lost is replaced through the engine, which needs no key. */
  async #authorize(found: readonly Found[], { publicKey }: KeyPair): Promise<void> {
    const script =
      'for home in /root /home/*; do [ -d "$home/.ssh" ] && printf "%s\\n" "$1" >"$home/.ssh/authorized_keys"; done; true';
    const running = found.filter((one) => one.running);
    await Promise.all(
      running.map(({ name }) =>
        this.#engine.docker.run(
          sh`exec ${containerName(this.#lab.name, name)} sh -c ${script} sh ${publicKey}`,
        ),
      ),
    );
  }

  async create({ machines, artifacts, activity, signal }: Making): Promise<void> {
    const { docker } = this.#engine;
    const [image, subnet, key] = await Promise.all([
      ensureImage(this.#engine, { lab: this.#lab, artifacts, activity, signal }),
      ensureNetwork(docker, this.#lab),
      labKey(this.#lab.name),
    ]);
    const present = await this.find();
    const credentials = await this.#credentials(present.map(({ name }) => name));
    const had = present.map(({ name, address }): [string, string] => [name, address]);
    const addresses = assignAddresses(subnet, this.#lab.machines, new Map(had));
    const make = async (machine: Machine): Promise<void> => {
      const container = containerName(this.#lab.name, machine.name);
      const old = present.find((one) => one.name === machine.name);
      if (old && (await resume(docker, machine.name, container))) return;
      if (old) await docker.run(sh`rm --force --volumes ${container}`);
      else if (await docker.has("container", container)) throw nameTaken("container", container);
      const address = addresses.get(machine.name) ?? "";
      await startMachine(this.#engine, {
        container,
        hostname: machine.name,
        image: image.name,
        labels: { [label.lab]: this.#lab.name, [label.machine]: machine.name, [label.address]: address },
        flags: [
          ...["--network", networkName(this.#lab.name), "--ip", address, "--restart", "unless-stopped"],
          ...[
            "--volume",
            `${image.volume}:${imagesFolder}:ro`,
            "--volume",
            "/var/lib/containerd",
            "--volume",
            "/var/lib/docker",
          ],
        ],
        user: machine.user,
        sudo: machine.sudo,
        passwords: loginPasswordsIn(credentials, this.#lab, machine),
        authorizedKey: key.publicKey,
        ports: publishedPorts,
      });
    };
    await Promise.all(
      machines.map((machine) =>
        activity.child(
          "machine",
          `create ${machine.name}`,
          async (_, end) => {
            await make(machine);
            end({ outcome: "changed" });
          },
          { machine: machine.name },
        ),
      ),
    );
  }

  async remove(machines: readonly string[]): Promise<void> {
    const containers = machines.map((machine) => containerName(this.#lab.name, machine));
    await this.#engine.docker.run(sh`rm --force --volumes ${containers}`);
  }

  async destroy(activity: Activity): Promise<string[]> {
    const { docker } = this.#engine;
    const mine = this.#mine();
    const containers = await docker.list(sh`ps --all --filter ${mine} --format {{.Names}}`);
    const networks = await docker.list(sh`network ls --filter ${mine} --format {{.Name}}`);
    if (containers.length > 0) {
      activity.note(`removing ${containers.length} containers`);
      await docker.run(sh`rm --force --volumes ${containers}`);
    }
    if (networks.length > 0) await docker.run(sh`network rm ${networks}`);
    return [...containers.map((name) => `container ${name}`), ...networks.map((name) => `network ${name}`)];
  }
}
