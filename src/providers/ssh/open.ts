import { exitCode, LabwrightError } from "../../errors.ts";
import type { Access } from "../../hosts/types.ts";
import { choose } from "../../lab/nearest.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import type { Prompter } from "../types.ts";
import { accessOf, knownHostsFile } from "./access.ts";
import { type Departed, departedFrom } from "./departed.ts";
import type { Forgotten } from "./forget.ts";
import { sudoPasswords } from "./sudo-passwords.ts";
import { isAt, takenHosts } from "./taken.ts";
import { accessBy } from "./way.ts";

/** The hosts of a lab, and how each is reached. */
export interface SshHosts {
  /** Those of the lab file. */
  machines: readonly Machine[];
  /** By the machine's name. */
  accesses: ReadonlyMap<string, Access>;
  /** Those that the lab has taken, and for which the lab file has no machine. */
  departed: readonly Departed[];
  /** Those that the person wants to forget; they are in neither of the lists above. */
  forgotten: readonly Forgotten[];
}

/** Reads the settings for reaching hosts. Connects to none of them. */
export async function openHosts(lab: Lab, person: Prompter): Promise<SshHosts> {
  const { forget = [] } = person;
  const taken = await takenHosts(lab.name);
  const others = taken.filter(({ machine }) => !lab.machines.some(({ name }) => name === machine));
  const asking = [...lab.machines, ...others.flatMap(({ made }) => made.at(-1)?.machine ?? [])];
  const passwords = await sudoPasswords(
    { machines: asking.filter(({ name }) => !forget.includes(name)) },
    person,
  );
  const { accesses, warnings } = await accessOf(lab, passwords);
  for (const warning of warnings) person.warn?.(warning);
  const placeOf = ({ name }: Machine) => accesses.get(name) ?? { host: "", port: 0 };
  const departed = await Promise.all(
    departedFrom(taken, lab.machines, placeOf).map(async (host) => ({
      ...host,
      access: await accessBy(host.taken.way, knownHostsFile(lab.name), passwords.get(host.taken.machine)),
    })),
  );
  assertKnown(forget, [...lab.machines, ...departed]);
  const isForgotten = ({ name }: { name: string }) => forget.includes(name);
  const named = lab.machines.filter(isForgotten).flatMap((machine): Forgotten[] => {
    const access = accesses.get(machine.name);
    const record = access && taken.find((one) => isAt(one, machine, access));
    return record ? [{ name: machine.name, access, taken: record }] : [];
  });
  return {
    machines: lab.machines.filter((machine) => !isForgotten(machine)),
    accesses,
    departed: departed.filter((host) => !isForgotten(host)),
    forgotten: [...named, ...departed.filter(isForgotten)],
  };
}

function assertKnown(forget: readonly string[], hosts: readonly { name: string }[]): void {
  const known = hosts.map(({ name }) => name);
  for (const name of forget)
    if (!known.includes(name))
      throw new LabwrightError({
        code: "machine-absent",
        message: `cannot forget "${name}": the lab has not taken such a host`,
        remedy: `For --forget: ${choose(name, known)}.`,
        exit: exitCode.usage,
      });
}
