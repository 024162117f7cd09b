import type { Ending } from "../activity/activity.ts";
import { localhost, tasksOf } from "../engine/graph.ts";
import { inspect } from "../engine/inspect.ts";
import { assertPossible } from "../engine/refuse.ts";
import { exitCode } from "../errors.ts";
import { unlessInterrupted } from "../interruption.ts";
import { inspectEntrance } from "../session/entrance.ts";
import { assertFits } from "../session/fits.ts";
import { connectInventory } from "../session/inventory.ts";
import { departuresOf, departureWords } from "../session/leave-nodes.ts";
import { type RecreateOptions, recreated } from "../session/recreate.ts";
import { type LabOptions, openSession, show } from "../session/session.ts";
import { assertNoneUnfinished } from "../snapshots/unfinished.ts";
import { costText, planJson, planOf, planText } from "../ui/plan.ts";
import { printPainted } from "../ui/print.ts";
import { paintFor } from "../ui/text.ts";

/** Shows what `up` would change, and why, and changes nothing. Exits with 3 if there is something. */
export async function plan(options: LabOptions & RecreateOptions): Promise<void> {
  const { lab, graph, provider, signal } = await openSession(options);
  await assertNoneUnfinished(lab.name);
  const recreate = recreated(options, lab, provider);
  const { events } = await show(`plan ${lab.name}`, { quiet: true }, async (activity) => {
    const inventory = await connectInventory(lab, provider, signal, { recreate });
    try {
      const machines = [
        ...inventory.missing.map(({ name }) => ({ name, why: inventory.reasons.get(name) ?? "" })),
        ...inventory.surplus,
      ];
      const departures = departureWords(await departuresOf(inventory));
      for (const { name, why } of machines) {
        const drain = departures.get(name);
        const ending: Ending = {
          outcome: "differs",
          details: [why, ...(drain === undefined ? [] : [drain])],
        };
        await activity.child("machine", "machine", async (_, end) => end(ending), { machine: name });
      }
      await inspectEntrance(inventory, activity);
      await assertFits(lab, provider, inventory.found, recreate);
      for (const { step } of tasksOf(graph)) await step.preflight?.(lab.name);
      await provider.preflight?.(inventory.missing);
      assertPossible(await inspect({ graph, inventory, activity }), inventory);
    } finally {
      await inventory.close();
    }
  });
  const cost = provider.cost && (await unlessInterrupted(signal, provider.cost()));
  const text = () =>
    `${planText(events, { paint: paintFor(), thisComputer: localhost.name })}${cost ? costText(cost) : ""}`;
  printPainted(options.json ? planJson(events, cost) : text());
  const { changes, unknown } = planOf(events);
  if (changes + unknown > 0) process.exitCode = exitCode.changes;
}
