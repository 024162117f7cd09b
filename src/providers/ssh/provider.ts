import type { Activity } from "../../activity/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { writePins } from "../../hosts/host-keys.ts";
import type { Access } from "../../hosts/types.ts";
import { isRootThere } from "../../lab/accounts.ts";
import { assertOurs, type Claim, ensureLabId, labId, labOwner } from "../../lab/identity.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { listed } from "../../wording.ts";
import { changeEach } from "../machine/each.ts";
import { type Removal, removeInOrder } from "../machine/removal.ts";
import type { CreateRequest, MachineInfo, Prompter, Provider } from "../types.ts";
import { assertAcceptable } from "./acceptance.ts";
import { knownHostsFile } from "./access.ts";
import { carriesMarkOf, type Departed, fateIn, fateOf, foundBy, isStillNamed } from "./departed.ts";
import type { Fate } from "./fate.ts";
import { assertGone } from "./forget.ts";
import { rewriteMark, writeMark } from "./mark.ts";
import { foundIn, type HostObservation, observe, onHost } from "./observation.ts";
import { openHosts, type SshHosts } from "./open.ts";
import { dropTaken, keepTaken, madeOf, type Taking } from "./records.ts";
import { claimIn, isMine, refused } from "./refusal.ts";
import { assertRestored, restoreHost } from "./restore-host.ts";
import { isAt, madeBefore, type TakenHost, takenHosts } from "./taken.ts";

export { loginUsers } from "./access.ts";

export const open = async (lab: Lab, person: Prompter): Promise<Provider> =>
  new SshProvider(lab, await openHosts(lab, person));

type Note = (text: string) => void;

/** The observations of all hosts. */
interface View {
  id: string | undefined;
  /** Of the machines of the lab file. */
  observations: readonly HostObservation[];
  /** Hosts that were taken and that the lab file no longer names. */
  departed: readonly (Departed & { fate: Fate })[];
}

/** A host that the lab has taken, or may have. */
interface Known {
  name: string;
  fate: Fate;
  taken?: TakenHost;
}

/** Machines that exist already. A host belongs to the lab while the lab's mark is on it; it is never removed itself. */
class SshProvider implements Provider {
  readonly machinesStay = true;
  readonly #lab: Lab;
  readonly #hosts: SshHosts;

  constructor(lab: Lab, hosts: SshHosts) {
    this.#lab = lab;
    this.#hosts = hosts;
  }

  async list(note?: Note): Promise<MachineInfo[]> {
    const { id, observations, departed } = await this.#ownView(note);
    const taken = await takenHosts(this.#lab.name);
    return [
      ...observations.flatMap((observation) => {
        const { machine } = observation;
        const ours =
          "silent" in observation || !isRootThere(machine) || isMine(machine, observation.seen, id);
        const record = recordOf(observation, taken);
        const past = record ? madeBefore(record, madeOf(this.#lab, machine)) : [];
        return ours ? [{ ...foundIn(observation), ...(past.length > 0 && { past }) }] : [];
      }),
      ...departed.flatMap((host) => foundBy(host, host.fate) ?? []),
    ];
  }

  async #view(note?: Note): Promise<View> {
    const id = await labId(this.#lab.name);
    const observations = await this.#observeAll(this.#hosts.machines, note);
    const departed = this.#hosts.departed.filter((host) => !isStillNamed(host, observations));
    const fates = departed.map(async (host) => ({ ...host, fate: await fateOf(host, id) }));
    return { id, observations, departed: await Promise.all(fates) };
  }

  /** Hosts whose mark has the lab's name. A host that a lab of another name has taken is refused only if it is wanted. */
  #claims(observations: readonly HostObservation[]): Claim[] {
    return observations.flatMap((observation) =>
      "silent" in observation ? [] : claimIn(observation, this.#lab.name),
    );
  }

  #observeAll(machines: readonly Machine[] = this.#hosts.machines, note?: Note): Promise<HostObservation[]> {
    const waiting = new Set(machines.map(({ name }) => name));
    const looking = async (machine: Machine): Promise<HostObservation> => {
      const observation = await this.#observe(machine);
      waiting.delete(machine.name);
      if (waiting.size > 0) note?.(`waiting for ${listed([...waiting], 3)}`);
      return observation;
    };
    note?.(`waiting for ${listed([...waiting], 3)}`);
    return Promise.all(machines.map(looking));
  }

  async claims(): Promise<Claim[]> {
    return this.#claims(await this.#observeAll());
  }

  /** A mark without an id gets one; it stays the mark of the same machine. */
  async adopt(id: string): Promise<void> {
    for (const observation of await this.#observeAll()) {
      if ("silent" in observation || observation.seen.mark?.lab !== this.#lab.name) continue;
      const mark = { ...observation.seen.mark, id, owner: labOwner(this.#lab.name) };
      const { name } = observation.machine;
      await onHost(name, this.#accessTo(name), (host) => host.run(rewriteMark(mark)));
    }
    await this.record();
  }

  #observe(machine: Machine): Promise<HostObservation> {
    return observe(machine, this.#accessTo(machine.name));
  }

  #accessTo(name: string): Access {
    const access =
      this.#hosts.accesses.get(name) ?? this.#hosts.departed.find((host) => host.name === name)?.access;
    if (access) return access;
    throw new LabwrightError({
      code: "machine-absent",
      message: `the lab ${this.#lab.name} has no machine "${name}"`,
      remedy: "Name a machine of the lab file.",
    });
  }

  async record(): Promise<void> {
    const { id, observations, departed } = await this.#view();
    await this.#forget(id);
    await dropTaken(this.#lab.name, departed.filter(({ fate }) => fate.kind === "clean").map(takenOf));
    const takings = observations.flatMap((observation): Taking[] => {
      if (
        "silent" in observation ||
        !isMine(observation.machine, observation.seen, id) ||
        !observation.seen.mark
      )
        return [];
      return [
        { machine: observation.machine, access: observation.access, since: observation.seen.mark.since },
      ];
    });
    await keepTaken(this.#lab, takings);
  }

  async #forget(id: string | undefined): Promise<void> {
    await assertGone(this.#hosts.forgotten, id);
    await dropTaken(this.#lab.name, this.#hosts.forgotten.map(takenOf));
  }

  async preflight(machines: readonly Machine[]): Promise<void> {
    const id = await labId(this.#lab.name);
    const observations = await this.#observeAll(machines);
    // A host that the lab took under another name is restored first; a silent one is reported elsewhere.
    const asked = observations.filter(
      (observation) => !("silent" in observation || (id && observation.seen.mark?.id === id)),
    );
    await assertAcceptable(this.#lab, asked, id);
  }

  /** Every host is observed before the first one is marked: if one is refused, none is changed. */
  async create({ machines, activity }: CreateRequest): Promise<void> {
    const observations = await this.#observeAll(machines);
    assertOurs(this.#lab.name, await labId(this.#lab.name), this.#claims(observations));
    const id = await ensureLabId(this.#lab.name);
    await assertAcceptable(this.#lab, observations, id);
    // From here on hosts are changed, and only those that were observed.
    writePins(knownHostsFile(this.#lab.name));
    const since = new Date().toISOString();
    const takings = observations.flatMap(({ machine, access }) =>
      isRootThere(machine) ? [{ machine, access, since }] : [],
    );
    await keepTaken(this.#lab, takings);
    await changeEach(
      takings,
      { verb: "take", machineOf: ({ machine }) => machine.name, activity },
      (taking) => this.#take(taking, id),
    );
  }

  async #take({ machine: { name }, access, since }: Taking, id: string): Promise<void> {
    const mark = { lab: this.#lab.name, id, owner: labOwner(this.#lab.name), machine: name, since };
    const { code } = await onHost(name, access, (host) => host.run(writeMark(mark), { accept: [0, 17] }));
    if (code !== 0)
      throw refused([
        {
          message: `another lab has just taken ${name}`,
          remedy: "Run `labwright plan` to see which lab has it.",
        },
      ]);
  }

  async remove(machines: readonly string[], activity: Activity, signal?: AbortSignal): Promise<void> {
    const all = await this.#fates(await this.#ownView());
    const wanted = all.filter(({ name }) => machines.includes(name));
    await removeInOrder([this.#marksOn(wanted)], { activity, signal });
  }

  async destroy(activity: Activity, signal?: AbortSignal): Promise<string[]> {
    const view = await this.#ownView((text) => activity.note(text));
    await this.#forget(view.id);
    const fates = await this.#fates(view);
    const clean = fates.filter(({ fate }) => fate.kind === "clean");
    await dropTaken(
      this.#lab.name,
      clean.flatMap(({ taken }) => taken ?? []),
    );
    const ours = fates.filter(({ fate }) => fate.kind === "ours");
    const removed = await removeInOrder([this.#marksOn(ours)], { activity, signal });
    assertRestored(fates);
    return removed;
  }

  /** Throws if a host of the lab file belongs to another lab. */
  async #ownView(note?: Note): Promise<View> {
    const view = await this.#view(note);
    assertOurs(this.#lab.name, view.id, this.#claims(view.observations));
    return view;
  }

  /** Records about a host are removed with its mark. */
  #marksOn(hosts: readonly Known[]): Removal[] {
    return hosts.map(({ name, taken }) => {
      const access = this.#accessTo(name);
      return {
        what: `the lab's mark on ${name} (${access.host})`,
        remove: async () => {
          await restoreHost(name, access);
          if (taken) await dropTaken(this.#lab.name, [taken]);
        },
      };
    });
  }

  /** Of every host that the lab has taken, or may have. */
  async #fates({ id, observations, departed }: View): Promise<Known[]> {
    const taken = await takenHosts(this.#lab.name);
    const named = observations
      .filter(({ machine }) => isRootThere(machine))
      .map(async (observation) => {
        const record = recordOf(observation, taken);
        const fate = await fateIn(observation, record, id);
        return { name: observation.machine.name, fate, ...(record && { taken: record }) };
      });
    return [...(await Promise.all(named)), ...departed];
  }
}

const takenOf = ({ taken }: { taken: TakenHost }): TakenHost => taken;

/** The records about a machine of the lab file. */
const recordOf = (observation: HostObservation, taken: readonly TakenHost[]): TakenHost | undefined =>
  taken.find(
    (one) =>
      one.machine === observation.machine.name &&
      (isAt(one, observation.machine, observation.access) ||
        (!("silent" in observation) && carriesMarkOf(observation.seen, one))),
  );
