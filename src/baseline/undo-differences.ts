import type { Inventory } from "../engine/observe.ts";
import { type Command, lines, sh } from "../hosts/sh.ts";
import { setName } from "../lab/machine-set.ts";
import { type Difference, outermost } from "../recording/differences.ts";
import { type Kept, keyOf, type Recorder } from "../recording/types.ts";
import type { Baseline } from "./baseline.ts";
import { contentOf } from "./contents.ts";
import { labRecorders } from "./recorders.ts";

/** Milliseconds in which a working machine prints something; kubectl waits up to 60 s for each deletion. */
const silence = 120_000;

/** Removes what the baseline does not have, and puts back what is gone or changed: one round trip a machine. */
export async function undoDifferences(
  inventory: Inventory,
  baseline: Baseline,
  differences: readonly Difference[],
): Promise<void> {
  const byMachine = Map.groupBy(differences, ({ machine }) => machine);
  await Promise.all(
    [...byMachine].map(async ([machine, mine]) => {
      const kept = await keptOf(setName(inventory.lab), baseline, mine);
      const commands = Object.values(labRecorders).flatMap((recorder) => commandsOf(recorder, mine, kept));
      if (commands.length > 0)
        await (await inventory.host(machine)).run(lines(commands), { accept: "any", silence });
    }),
  );
}

/** One that fails must not keep the others from being done: the next recording shows what is left. */
function commandsOf(
  recorder: Recorder,
  differences: readonly Difference[],
  kept: readonly Kept[],
): Command[] {
  const mine = <T extends { kind: string }>(items: readonly T[]): T[] =>
    items.filter(({ kind }) => recorder.owns(kind));
  const extras = mine(outermost(differences.filter(({ how }) => how === "extra")));
  const wanted = mine(kept);
  return [
    ...(extras.length > 0 ? [recorder.remove(extras)] : []),
    ...(wanted.length > 0 && recorder.putBack ? [recorder.putBack(wanted)] : []),
  ].map(
    (command) => sh`(
    ${command}
    )`,
  );
}

const keptOf = (lab: string, { recording }: Baseline, differences: readonly Difference[]): Promise<Kept[]> =>
  Promise.all(
    differences
      .filter(({ how }) => how !== "extra")
      .map(async ({ how, ...item }): Promise<Kept> => {
        const value = recording[keyOf(item)] ?? "";
        const content = await contentOf(lab, { kind: item.kind, value });
        return { ...item, value, isThere: how === "changed", ...(content !== undefined && { content }) };
      }),
  );
