import { writeFile } from "node:fs/promises";
import type { Activity } from "../activity/activity.ts";
import type { Task } from "../engine/graph.ts";
import { inspect } from "../engine/inspect.ts";
import type { Observation } from "../engine/observation.ts";
import { exitCode } from "../errors.ts";
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
      wrong.size === 0
        ? "Verified: every check is ok.\n"
        : `${count(wrong.size, "check")} ${agree(wrong.size, "is", "are")} not ok.\n`,
    );
  if (wrong.size > 0) process.exitCode = exitCode.failed;
}

/** All of `verify` but what a person sees of it: the tasks whose check is not ok. */
export async function inspectLab(
  session: Session,
  activity: Activity,
): Promise<ReadonlyMap<Task, Observation>> {
  const { lab, graph, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const indirect = indirectWords(lab, inventory);
    if (indirect !== undefined) activity.note(indirect);
    return await inspect({ graph, inventory, activity });
  } finally {
    await inventory.close();
  }
}
