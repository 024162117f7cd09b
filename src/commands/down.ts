import { mkdir, rm } from "node:fs/promises";
import { here, type Task } from "../engine/graph.ts";
import { withLock } from "../engine/lock.ts";
import { undo } from "../engine/undo.ts";
import { labFolder } from "../paths.ts";
import { type LabOptions, openSession, show } from "./shared/session.ts";
import { openWorld } from "./shared/world.ts";

/** Takes the lab away: what it left on this computer, its machines, its network, its folder. Also of a half-built lab. */
export async function down(options: LabOptions): Promise<void> {
  const { lab, graph, provider, artifacts, signal } = await openSession(options);
  const folder = labFolder(lab.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await withLock(folder, { command: "down" }, async () => {
    const { result: removed } = await show(`down ${lab.name}`, options, async (activity) => {
      const world = await openWorld(lab, provider, signal);
      try {
        const there = new Set(provider.machinesStay ? world.found.map(({ name }) => name) : []);
        const stays = ({ machine, step }: Task) =>
          machine === here || (there.has(machine.name) && step.within !== "cluster");
        await undo({ graph, world, artifacts, activity, signal, stays });
      } finally {
        await world.close();
      }
      return activity.child("machine", "remove the machines", async (child, end) => {
        const what = await provider.destroy(child);
        end({ outcome: what.length > 0 ? "changed" : "ok", details: what });
        return what;
      });
    });
    if (!options.json)
      process.stdout.write(
        removed.length === 0 ? "There was nothing to take away.\n" : `Taken away: ${removed.join(", ")}.\n`,
      );
  });
  await rm(folder, { recursive: true, force: true });
}
