import { type LabOptions, openSession } from "../../session/session.ts";
import { sparesMaker } from "../../session/spares-lock.ts";
import { ageOf, type Spare } from "../../spares/spare.ts";
import { print, printJson } from "../../ui/print.ts";
import { table } from "../../ui/table.ts";
import { ageWords } from "../../wording.ts";
import { setsOf, sparesOf, wantedSpares } from "./shared.ts";

/** Lists the lab's spares, those that `reset` takes first. Changes nothing. */
export async function spareList(options: LabOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  const { spares, live } = await sparesOf(lab, setsOf(session));
  const wanted = await wantedSpares(lab);
  const maker = sparesMaker(lab.name);
  if (options.json) return printJson({ lab: lab.name, live, wanted, spares, ...(maker && { maker }) }, 2);
  print(sparesText(spares, { wanted, ...(maker && { maker }) }));
}

export interface ListWords {
  wanted: number;
  /** The process that makes spares now. */
  maker?: { pid: number; since: string };
}

/** A row for each spare, and what is being done about those that are missing. Ends with a newline. */
export function sparesText(spares: readonly Spare[], { wanted, maker }: ListWords): string {
  const rows = spares.map(({ set, record, flaw }) => [
    set,
    record ? `${ageWords(ageOf(record, new Date()))} ago` : "",
    flaw === undefined ? "can be taken" : flaw,
  ]);
  const missing = wanted - spares.filter(({ flaw }) => flaw === undefined).length;
  return [
    rows.length > 0 ? table([["SPARE", "MADE", "STATE"], ...rows]) : "There is no spare.\n",
    ...(maker ? [`Spares are being made since ${maker.since} (process ${maker.pid}).\n`] : []),
    ...(!maker && missing > 0
      ? [`Missing: ${missing} of ${wanted}. \`labwright spare refill\` makes them.\n`]
      : []),
    ...(wanted === 0 && rows.length === 0 ? ["`labwright spare add` makes one.\n"] : []),
  ].join("");
}
