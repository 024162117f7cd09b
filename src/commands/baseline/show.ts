import { noBaseline, readBaseline } from "../../baseline/baseline.ts";
import { setName } from "../../lab/machine-set.ts";
import { itemOf } from "../../recording/types.ts";
import { type LabOptions, readLab } from "../../session/session.ts";
import { print, printJson } from "../../ui/print.ts";
import { table } from "../../ui/summary.ts";

/** Shows when the baseline was recorded, and how much of each kind it has. Connects to nothing. */
export async function baselineShow(options: LabOptions): Promise<void> {
  const lab = await readLab(options);
  const { name } = lab;
  const baseline = await readBaseline(setName(lab));
  if (!baseline) throw noBaseline(name);
  if (options.json) return printJson({ lab: name, ...baseline }, 2);
  const items = Object.keys(baseline.recording).map(itemOf);
  const kinds = [...Map.groupBy(items, ({ machine, kind }) => `${machine}\t${kind}`)];
  const rows = kinds.map(([key, same]) => [...key.split("\t"), String(same.length)]);
  print(`Recorded on ${baseline.recorded}.\n\n${table([["MACHINE", "KIND", "ITEMS"], ...rows])}`);
}
