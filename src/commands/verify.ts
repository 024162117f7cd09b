import { writeFile } from "node:fs/promises";
import type { Activity } from "../activity/activity.ts";
import { inspect } from "../engine/inspect.ts";
import { exitCode } from "../errors.ts";
import { inspectEntrance } from "../session/entrance.ts";
import { indirectWords } from "../session/indirect.ts";
import { connectInventory } from "../session/inventory.ts";
import { type LabOptions, openSession, type Session, show } from "../session/session.ts";
import { junit } from "../ui/junit.ts";
import { print } from "../ui/print.ts";
import { agree, count } from "../wording.ts";

export interface VerifyOptions extends LabOptions {
  junit?: string;
}

/** Runs every check and changes nothing. Exits with 1 if one is not ok. */
export async function verify(options: VerifyOptions): Promise<void> {
  const session = await openSession(options);
  const { lab } = session;
  const { result: wrong, events } = await show(`verify ${lab.name}`, options, (activity) =>
    inspectLab(session, activity),
  );
  if (options.junit !== undefined) await writeFile(options.junit, junit(events, { name: lab.name }));
  if (!options.json)
    print(
      wrong.length === 0
        ? "Verified: every check is ok.\n"
        : `${count(wrong.length, "check")} ${agree(wrong.length, "is", "are")} not ok.\n`,
    );
  if (wrong.length > 0) process.exitCode = exitCode.failed;
}

/** All of `verify` but what a person sees of it: the titles of the checks that are not ok. */
export async function inspectLab(session: Session, activity: Activity): Promise<string[]> {
  const { lab, graph, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const indirect = indirectWords(lab, inventory);
    if (indirect !== undefined) activity.note(indirect);
    const isEntranceRight = await inspectEntrance(inventory, activity);
    const wrong = await inspect({ graph, inventory, activity });
    return [...(isEntranceRight ? [] : ["the entrance"]), ...[...wrong.keys()].map(({ title }) => title)];
  } finally {
    await inventory.close();
  }
}
