import type { Activity } from "../../engine/activity.ts";
import { LabwrightError } from "../../errors.ts";
import { writePins } from "../../hosts/host-keys.ts";
import type { Access, Host } from "../../hosts/types.ts";
import { isRootThere } from "../../lab/accounts.ts";
import { assertOurs, type Claim, ensureLabId, labId, labOwner } from "../../lab/identity.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { isNode } from "../../steps/shared/lab.ts";
import type { Found, Making, Person, Provider } from "../types.ts";
import { accessOf, knownHostsFile } from "./access.ts";
import { giveBack } from "./give-back.ts";
import { rewriteMark, writeMark } from "./mark.ts";
import { filtered, fullMounts, knocks, overlapping, type Surveyed, sameAddress } from "./preflight.ts";
import { claimIn, isMine, type Refusal, refusals, refused, sameHost } from "./refusal.ts";
import { foundIn, look, onHost, type Sight } from "./sight.ts";
import { sudoPasswords } from "./sudo-passwords.ts";
import type { Survey } from "./survey.ts";

export { loginUsers } from "./access.ts";

export async function open(lab: Lab, person: Person): Promise<Provider> {
  const { accesses, warnings } = await accessOf(lab, await sudoPasswords(lab, person));
  for (const warning of warnings) person.warn?.(warning);
  return new SshProvider(lab, accesses);
}

/** Machines that exist already. A host belongs to the lab while the lab's mark is on it; it is never removed itself. */
class SshProvider implements Provider {
  readonly machinesStay = true;
  readonly #lab: Lab;
  readonly #accesses: ReadonlyMap<string, Access>;

  constructor(lab: Lab, accesses: ReadonlyMap<string, Access>) {
    this.#lab = lab;
    this.#accesses = accesses;
  }

  async list(): Promise<Found[]> {
    const sights = await Promise.all(this.#lab.machines.map((machine) => this.#look(machine)));
    const id = await labId(this.#lab.name);
    assertOurs(this.#lab.name, id, this.#claims(sights));
    return sights.flatMap((sight) => {
      const { machine } = sight;
      const ours = "silent" in sight || !isTouchable(machine) || isMine(machine, sight.seen, id);
      return ours ? [foundIn(sight)] : [];
    });
  }

  /** Hosts whose mark has the lab's name. What another lab of another name has taken is refused only if it is wanted. */
  #claims(sights: readonly Sight[]): Claim[] {
    return sights.flatMap((sight) => ("silent" in sight ? [] : claimIn(sight, this.#lab.name)));
  }

  async claims(): Promise<Claim[]> {
    return this.#claims(await Promise.all(this.#lab.machines.map((machine) => this.#look(machine))));
  }

  /** A mark without an id is written again with one; it stays the mark of the same machine. */
  async adopt(id: string): Promise<void> {
    for (const sight of await Promise.all(this.#lab.machines.map((machine) => this.#look(machine)))) {
      if ("silent" in sight || sight.seen.mark?.lab !== this.#lab.name) continue;
      const mark = { ...sight.seen.mark, id, owner: labOwner(this.#lab.name) };
      const { name } = sight.machine;
      await onHost(name, this.#accessTo(name), (host) => host.run(rewriteMark(mark)));
    }
  }

  #look(machine: Machine): Promise<Sight> {
    return look(machine, this.#accessTo(machine.name));
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
    assertOurs(this.#lab.name, await labId(this.#lab.name), this.#claims(sights));
    const id = await ensureLabId(this.#lab.name);
    const surveys = new Map<string, Survey>();
    const wrong: Refusal[] = sights.flatMap((sight) => {
      if ("silent" in sight) return [{ message: sight.silent.message, remedy: sight.silent.remedy }];
      surveys.set(sight.machine.name, sight.seen);
      return isTouchable(sight.machine) ? refusals(sight.machine, sight.seen, id) : [];
    });
    const hasCluster = this.#lab.playbooks.length > 0;
    const nodes = machines
      .filter((machine) => hasCluster && isNode(machine))
      .flatMap((machine): Surveyed[] => {
        const seen = surveys.get(machine.name);
        return seen ? [{ machine, seen }] : [];
      });
    const alike = sameHost(surveys);
    wrong.push(...alike, ...(alike.length > 0 ? [] : sameAddress(nodes)), ...overlapping(nodes, this.#lab));
    wrong.push(...nodes.filter(({ seen }) => !seen.marked).flatMap(fullMounts));
    if (wrong.length > 0) throw refused(wrong);
    await this.#assertOpenPorts(nodes);
    // From here on hosts are changed, and only those that were looked at.
    writePins(knownHostsFile(this.#lab.name));
    const mine = machines.filter((machine) => isTouchable(machine));
    await Promise.all(mine.map((machine) => this.#take(machine, id, activity)));
  }

  /** Before anything is sent: a port that a firewall filters would only be seen when a node waits for it in vain. */
  async #assertOpenPorts(nodes: readonly Surveyed[]): Promise<void> {
    const answers = await Promise.all(
      nodes.map(async (node): Promise<[string, string]> => {
        const { name } = node.machine;
        const ask = (host: Host) => host.run(knocks(node, nodes));
        return [name, (await onHost(name, this.#accessTo(name), ask)).stdout];
      }),
    );
    const wrong = filtered(nodes, new Map(answers));
    if (wrong.length > 0) throw refused(wrong);
  }

  async #take(machine: Machine, id: string, activity: Activity): Promise<void> {
    const { name } = machine;
    await activity.child(
      "machine",
      `take ${name}`,
      async (_, end) => {
        const mark = {
          lab: this.#lab.name,
          id,
          owner: labOwner(this.#lab.name),
          machine: name,
          since: new Date().toISOString(),
        };
        const { code } = await onHost(name, this.#accessTo(name), (host) =>
          host.run(writeMark(mark), { accept: [0, 17] }),
        );
        if (code !== 0)
          throw refused([
            { message: `${name} was taken by another lab just now`, remedy: "run `labwright plan`" },
          ]);
        end({ outcome: "changed" });
      },
      { machine: name },
    );
  }

  #giveBack(name: string): Promise<string> {
    return giveBack(name, this.#accessTo(name));
  }

  async remove(machines: readonly string[]): Promise<void> {
    // Throws if a host is another's.
    await this.list();
    await Promise.all(machines.map((name) => this.#giveBack(name)));
  }

  async destroy(activity: Activity): Promise<string[]> {
    const found = await this.list();
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
const isTouchable = (machine: Machine | undefined): boolean => machine !== undefined && isRootThere(machine);

const unknownState = (name: string): LabwrightError =>
  new LabwrightError({
    code: "host-silent",
    message: `${name} does not answer, and nobody can tell what is left there`,
    remedy:
      "start the host and run `labwright down` again; or take it out of the lab file, if it is gone for good",
  });
