import { writeFile } from "node:fs/promises";
import { inspect } from "../engine/inspect.ts";
import { exitCode } from "../errors.ts";
import { junit } from "../ui/junit.ts";
import { type LabOptions, openSession, show } from "./shared/session.ts";
import { openWorld } from "./shared/world.ts";

export interface VerifyOptions extends LabOptions {
  junit?: string;
}

/** Runs every check and changes nothing. Exits with 1 where one is not ok. */
export async function verify(options: VerifyOptions): Promise<void> {
  const { lab, graph, provider, signal } = await openSession(options);
  const { result: wrong, events } = await show(`verify ${lab.name}`, options, async (activity) => {
    const world = await openWorld(lab, provider, signal);
    try {
      return await inspect({ graph, world, activity });
    } finally {
      await world.close();
    }
  });
  if (options.junit !== undefined) await writeFile(options.junit, junit(events, { name: lab.name }));
  if (!options.json)
    process.stdout.write(
      wrong.size === 0 ? "Verified: every check is ok.\n" : `${wrong.size} checks are not ok.\n`,
    );
  if (wrong.size > 0) process.exitCode = exitCode.failed;
}
