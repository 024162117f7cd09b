import { userInfo } from "node:os";
import { join } from "node:path";
import { LabwrightError } from "../../errors.ts";
import type { Access } from "../../hosts/types.ts";
import { userFlaw } from "../../lab/names.ts";
import { shown } from "../../lab/nearest.ts";
import type { Lab, Machine, MachinePlace } from "../../lab/types.ts";
import { labFolder } from "../../paths.ts";
import { askClient, ownConfig } from "./client.ts";
import { type ClientConfig, type Destination, destinationIn } from "./client-answer.ts";
import { identitiesOf } from "./identities.ts";
import type { SudoPasswords } from "./sudo-passwords.ts";

export interface Accesses {
  /** By the machine's name. */
  accesses: ReadonlyMap<string, Access>;
  /** Settings in the person's own configuration that are not honoured, in words. */
  warnings: string[];
}

/** Where the lab's host keys are pinned. */
export const knownHostsFile = (lab: string): string => join(labFolder(lab), "known_hosts");

/** More hops than this are a loop: a jump host whose own configuration leads to itself. */
const mostHops = 16;

/** The address that the lab file gives for a machine. */
const destinationOf = ({ host, name }: MachinePlace): Destination => destinationIn(host ?? name);

/**
 * How this computer reaches each machine of the lab file, jump hosts included: by the lab file, and without a setting there
 * as `ssh` would. Connects to no machine.
 */
export async function accessOf(lab: Lab, passwords: SudoPasswords): Promise<Accesses> {
  const knownHosts = knownHostsFile(lab.name);
  const known = new Map<string, Access>();
  const unheeded = new Map<string, Set<string>>();

  async function one(
    destination: Destination & { user: string },
    config: ClientConfig,
    via: Access | undefined,
    sudo: Access["sudo"],
  ): Promise<Access> {
    const { host: named, user } = destination;
    const { hostName, port } = config;
    for (const keyword of config.unheeded)
      unheeded.set(keyword, (unheeded.get(keyword) ?? new Set()).add(named));
    if (via === undefined && config.proxyCommand !== undefined) throw noProxyCommand(named);
    const identities = await identitiesOf(config, { named, hostName, port, user });
    return { host: hostName, port, user, identities, knownHosts, pinLater: true, sudo, ...(via && { via }) };
  }

  /** Each hop is reached through the one before it; only the first one's own jumps count, as in OpenSSH. */
  async function jumped(jumps: readonly string[], hops = 0): Promise<Access | undefined> {
    if (hops + jumps.length > mostHops) throw jumpLoop(jumps);
    const destinations = jumps.map(destinationIn);
    const configs = await askClient(destinations);
    let via: Access | undefined;
    for (const [index, config] of configs.entries()) {
      const destination = destinations[index] ?? { host: "" };
      const user = destination.user ?? config.user ?? userInfo().username;
      via ??= await jumped(config.jumps, hops + jumps.length);
      via = await one({ ...destination, user }, config, via, { kind: "none" });
    }
    return via;
  }

  const { machines } = lab;
  const configs = await askClient(
    machines.map((machine) => ({ ...destinationOf(machine), user: machine.user })),
  );

  async function access(machine: Machine): Promise<Access> {
    const made = known.get(machine.name);
    if (made) return made;
    const config = configs[machines.indexOf(machine)];
    const jump = machines.find(({ name }) => name === machine.via);
    if (config === undefined) throw new TypeError(`${machine.name} is not the lab's`);
    const via = jump ? await access(jump) : await jumped(config.jumps);
    const sudo = sudoOf(machine, passwords);
    const fresh = await one({ ...destinationOf(machine), user: machine.user }, config, via, sudo);
    known.set(machine.name, fresh);
    return fresh;
  }

  for (const machine of machines) await access(machine);
  const warnings = [...unheeded].map(
    ([keyword, hosts]) =>
      `${ownConfig()} sets ${keyword} for ${[...hosts].join(", ")}, which labwright ignores (docs/ssh.md lists what it uses)`,
  );
  return { accesses: known, warnings };
}

const sudoOf = ({ name, sudo }: Machine, passwords: SudoPasswords): Access["sudo"] =>
  sudo === "password" ? { kind: "password", password: passwords.get(name) ?? "" } : { kind: sudo };

/** Who the person's own configuration logs in as: machine → user, for machines for which it names one. */
export async function loginUsers(machines: readonly MachinePlace[]): Promise<Map<string, string>> {
  const configs = await askClient(machines.map(destinationOf));
  return new Map(
    machines.flatMap(({ name }, index): [string, string][] => {
      const user = configs[index]?.user;
      if (user !== undefined && userFlaw(user)) throw noLoginName(name, user);
      return user === undefined ? [] : [[name, user]];
    }),
  );
}

/** A name that the lab file may not contain is refused from another file too. */
const noLoginName = (machine: string, user: string): LabwrightError =>
  new LabwrightError({
    code: "ssh-config",
    message: `${ownConfig()} sets the user of ${machine} to ${shown(user)}, which is not a user name`,
    remedy: "Set `user` of this machine in the lab file.",
  });

const noProxyCommand = (host: string): LabwrightError =>
  new LabwrightError({
    code: "ssh-config",
    message: `${ownConfig()} reaches ${host} by a ProxyCommand, which labwright does not run`,
    remedy: "Replace it by ProxyJump, or set `via` to the jump host in the lab file.",
  });

const jumpLoop = (jumps: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "ssh-config",
    message: `${ownConfig()} jumps in a circle, or through more than ${mostHops} hosts: ${jumps.join(", ")}`,
    remedy: "Give the jump host its own Host block, above the others, with `ProxyJump none`.",
  });
