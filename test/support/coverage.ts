import { relative } from "node:path";
import type { TestEvent } from "node:test/reporters";

const percent = (value: number): string => value.toFixed(1).padStart(6);

/** A reporter for node's runner that prints how much of each file of src ran, the least first. */
export default async function* coverage(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== "test:coverage") continue;
    const { files, totals, workingDirectory } = data.summary;
    const rows = [...files].sort((one, other) => one.coveredLinePercent - other.coveredLinePercent);
    yield " lines branches\n";
    for (const { path, coveredLinePercent, coveredBranchPercent } of rows)
      yield `${percent(coveredLinePercent)}   ${percent(coveredBranchPercent)}  ${relative(workingDirectory, path)}\n`;
    yield `${percent(totals.coveredLinePercent)}   ${percent(totals.coveredBranchPercent)}  in all\n`;
  }
}
