import { connect as tcpConnect } from "node:net";
import type { Activity } from "../../engine/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { pinnedKeys } from "../../hosts/host-keys.ts";
import { connect } from "../../hosts/ssh.ts";
import type { Access, Host } from "../../hosts/types.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { labCredentials } from "../credentials.ts";
import type { Found, Making, Provider } from "../types.ts";
import { accessOf } from "./access.ts";
import { hostLeftovers } from "./leftovers.ts";
import { removeMark, thisOwner, writeMark } from "./mark.ts";
import { isMine, type Refusal, refusals, refused, sameHost } from "./refusal.ts";
import { type Survey, survey } from "./survey.ts";

export async function open(lab: Lab): Promise<Provider> {
  return new SshProvider(lab, await accessOf(lab));
}

/** Milliseconds until a host that does not answer is given up. */
const patience = 10_000;

/** What was found at a machine's place: what it says of itself, or why it says nothing. */
type Place = { machine: Machine; access: Access };
type Seen = Place & { seen: Survey; direct: boolean };
type Sight = Seen | (Place & { silent: LabwrightError });

/** Machines that exist already. A host belongs to the lab while the lab's mark is on it; it is never removed itself. */
class SshProvider implements Provider {
  readonly machinesStay = true;
  readonly #lab: Lab;
  readonly #accesses: ReadonlyMap<string, Access>;

  constructor(lab: Lab, accesses: ReadonlyMap<string, Access>) {
    this.#lab = lab;
    this.#accesses = accesses;
  }

  async find(): Promise<Found[]> {
    const sights = await Promise.all(this.#lab.machines.map((machine) => this.#look(machine)));
    // The login users' passwords are their owners'; those of the lab's further accounts are made here.
    await labCredentials(this.#lab, async () => {});
    return sights.flatMap((sight) => {
      const { machine, access } = sight;
      if ("silent" in sight)
        return [{ name: machine.name, running: false, address: access.host, access, reach: () => undefined }];
      if (!isTouchable(machine) || isMine(machine, sight.seen, this.#lab)) return [foundIn(sight)];
      return [];
    });
  }

  async #look(machine: Machine): Promise<Sight> {
    const access = this.#accessTo(machine.name);
    let host: Host;
    try {
      host = await connect(machine.name, access, { connectTimeout: patience });
    } catch (error) {
      if (error instanceof LabwrightError && ["ssh-refused", "ssh-timeout"].includes(error.code))
        return { machine, access, silent: error };
      throw error;
    }
    try {
      const seen = await survey(host);
      return { machine, access, seen, direct: await answers(placeOf(machine, access, seen), access.port) };
    } finally {
      await host.close();
    }
  }

  #accessTo(name: string): Access {
    const access = this.#accesses.get(name);
    if (access) return access;
    throw new LabwrightError({
      code: "machine-absent",
      message: `the lab ${this.#lab.name} has no machine "${name}"`,
      remedy: "name one of the lab file's machines",
    });
  }

  /** Every host is looked at before the first one is marked: one that is refused keeps all from being touched. */
  async create({ machines, activity }: Making): Promise<void> {
    const sights = await Promise.all(machines.map((machine) => this.#look(machine)));
    const surveys = new Map<string, Survey>();
    const wrong: Refusal[] = sights.flatMap((sight) => {
      if ("silent" in sight) return [{ message: sight.silent.message, remedy: sight.silent.remedy }];
      surveys.set(sight.machine.name, sight.seen);
      return isTouchable(sight.machine) ? refusals(sight.machine, sight.seen, this.#lab) : [];
    });
    wrong.push(...sameHost(surveys));
    if (wrong.length > 0) throw refused(wrong);
    const mine = machines.filter((machine) => isTouchable(machine));
    await Promise.all(mine.map((machine) => this.#take(machine, activity)));
  }

  async #take(machine: Machine, activity: Activity): Promise<void> {
    const { name } = machine;
    await activity.child(
      "machine",
      `take ${name}`,
      async (_, end) => {
        const mark = {
          lab: this.#lab.name,
          owner: thisOwner(),
          machine: name,
          since: new Date().toISOString(),
        };
        const { code } = await this.#on(name, (host) => host.run(writeMark(mark), { accept: [0, 17] }));
        if (code !== 0)
          throw refused([
            { message: `${name} was taken by another lab just now`, remedy: "run `labwright plan`" },
          ]);
        end({ outcome: "changed" });
      },
      { machine: name },
    );
  }

  async #on<T>(name: string, work: (host: Host) => Promise<T>): Promise<T> {
    const host = await connect(name, this.#accessTo(name), { connectTimeout: patience });
    try {
      return await work(host);
    } finally {
      await host.close();
    }
  }

  /** Gives a host back, once nothing of ours is left on it. */
  async #giveBack(name: string): Promise<string> {
    return this.#on(name, async (host) => {
      const { stdout } = await host.run(hostLeftovers);
      const left = stdout.split("\n").filter(Boolean);
      if (left.length > 0) throw leftBehind(name, left);
      await host.run(removeMark);
      return `the lab's mark on ${name} (${this.#accessTo(name).host})`;
    });
  }

  async remove(machines: readonly string[]): Promise<void> {
    await Promise.all(machines.map((name) => this.#giveBack(name)));
  }

  async destroy(activity: Activity): Promise<string[]> {
    const found = await this.find();
    const silent = found.find(({ running }) => !running);
    if (silent) throw unknownState(silent.name);
    const machines = new Map(this.#lab.machines.map((machine) => [machine.name, machine]));
    const marked = found.filter(({ name }) => isTouchable(machines.get(name)));
    if (marked.length > 0) activity.note(`looking at ${marked.length} hosts for what is left`);
    const ends = await Promise.allSettled(marked.map(({ name }) => this.#giveBack(name)));
    const failed = ends.find((one) => one.status === "rejected");
    if (failed) throw failed.reason;
    return ends.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  }
}

/** Where we are not root we change nothing, so that there is nothing to mark and nothing to give back. */
const isTouchable = (machine: Machine | undefined): boolean =>
  machine !== undefined && (machine.user === "root" || machine.sudo !== "none");

/** Where this computer would reach the machine by itself. */
const placeOf = (machine: Machine, access: Access, { address }: Survey): string =>
  access.via ? (machine.address ?? address) : access.host;

function foundIn(sight: Seen): Found {
  const { machine, access, seen, direct } = sight;
  const place = placeOf(machine, access, seen);
  return {
    name: machine.name,
    running: true,
    address: machine.address ?? seen.address,
    access: withPinned(access),
    reach: (port) => (direct ? `${place}:${port}` : undefined),
  };
}

/** The keys that were pinned when the host was looked at are from now on the only ones. */
function withPinned(access: Access): Access {
  const pinned =
    access.knownHosts === undefined ? [] : pinnedKeys(access.knownHosts, access.host, access.port);
  return pinned.length === 0 ? access : { ...access, hostKeys: pinned };
}

/** Whether this computer reaches a port of a machine without a jump host in between. */
function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tcpConnect({ host, port, timeout: 1000 });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once("connect", () => settle(true))
      .once("timeout", () => settle(false))
      .once("error", () => settle(false));
  });
}

const leftBehind = (name: string, left: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "left-behind",
    message: `${name} still has something of the lab: ${left.slice(0, 5).join(", ")}${left.length > 5 ? ` and ${left.length - 5} more` : ""}`,
    remedy: "run `labwright down` again; what is named there after that has to be taken away by hand",
    output: left.join("\n"),
  });

const unknownState = (name: string): LabwrightError =>
  new LabwrightError({
    code: "host-silent",
    message: `${name} does not answer, and nobody can tell what is left there`,
    remedy:
      "start the host and run `labwright down` again; or take it out of the lab file, if it is gone for good",
  });
