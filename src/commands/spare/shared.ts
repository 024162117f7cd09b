import { exitCode, LabwrightError } from "../../errors.ts";
import { liveSet } from "../../lab/machine-set.ts";
import { spareProviders } from "../../lab/spare-rules.ts";
import type { Lab } from "../../lab/types.ts";
import type { MachineSets } from "../../providers/types.ts";
import type { Session } from "../../session/session.ts";
import { extraSpares, hasHadSpares, spareRecords } from "../../spares/record.ts";
import { type Refill, refillOf, type Spare, sparesIn } from "../../spares/spare.ts";

/** The sets of a lab that can have spares; undefined of another lab: two sets cannot be in one network that its file names. */
export const setsIn = ({ lab, provider }: Pick<Session, "lab" | "provider">): MachineSets | undefined =>
  lab.machineSubnet === undefined ? provider.sets : undefined;

/** The same. Throws (exit code 2) if the lab cannot have spares, with the reason. */
export function setsOf(session: Pick<Session, "lab" | "provider">): MachineSets {
  const sets = setsIn(session);
  if (sets) return sets;
  const { lab, provider } = session;
  throw new LabwrightError({
    code: "spare-unsupported",
    message: `the lab "${lab.name}" has no spares: ${
      provider.sets
        ? "its file gives its machines the network of `network.subnet`, which two sets of machines cannot both have"
        : `the provider ${lab.provider} keeps one set of machines for a lab`
    }`,
    remedy: provider.sets
      ? "Delete `network.subnet` from the lab file; the provider picks a free network."
      : `Use the provider ${spareProviders}, whose machines can have spares.`,
    exit: exitCode.usage,
  });
}

/** The lab's spares as they are now, those that can be taken first. Changes nothing. */
export async function sparesOf(lab: Lab, sets: MachineSets): Promise<{ spares: Spare[]; live: string }> {
  const [known, records, live] = await Promise.all([sets.list(), spareRecords(lab.name), liveSet(lab.name)]);
  return { spares: sparesIn(lab, { sets: known, records, live, now: new Date() }), live };
}

/** Whether spares of the lab may be missing: its file names some, or it has had some. */
export const wantsSpares = (session: Pick<Session, "lab" | "provider">): boolean =>
  setsIn(session) !== undefined && (session.lab.spares !== undefined || hasHadSpares(session.lab.name));

/** How many spares the lab is to have: those of its file, and those that were added. */
export const wantedSpares = async ({ name, spares = 0 }: Lab): Promise<number> =>
  spares + (await extraSpares(name));

/** What a refill would do now. Changes nothing. */
export async function neededOf(lab: Lab, sets: MachineSets): Promise<Refill> {
  const { spares, live } = await sparesOf(lab, sets);
  return refillOf(spares, await wantedSpares(lab), live);
}
