import { mkdir } from "node:fs/promises";
import type { Activity, Event } from "../engine/activity.ts";
import { withLock } from "../engine/lock.ts";
import { run } from "../engine/run.ts";
import { labFolder } from "../paths.ts";
import { nodesOf } from "../steps/shared/lab.ts";
import { timeline } from "../ui/timeline.ts";
import { type LabOptions, openSession, show } from "./shared/session.ts";
import { openWorld } from "./shared/world.ts";

export interface UpOptions extends LabOptions {
  timeline?: boolean;
}

/** Makes the lab as its file says; what is so already is left alone. */
export async function up(options: UpOptions): Promise<void> {
  const session = await openSession(options);
  const { lab, graph, provider, artifacts, signal } = session;
  const events: Event[] = [];
  const started = Date.now();
  await mkdir(labFolder(lab.name), { recursive: true, mode: 0o700 });
  try {
    await withLock(labFolder(lab.name), { command: "up" }, async () => {
      const { result } = await show(
        `up ${lab.name}`,
        options,
        async (activity) => {
          let world = await openWorld(lab, provider, signal);
          const { missing, surplus } = world;
          if (surplus.length > 0) await removeSurplus(surplus, activity);
          if (missing.length > 0) await provider.create({ machines: missing, artifacts, activity, signal });
          if (missing.length + surplus.length > 0) world = await openWorld(lab, provider, signal);
          try {
            const applied = await run({ graph, world, artifacts, activity, signal });
            return { applied, roundTrips: world.roundTrips(), url: urlOf(world.reach) };
          } finally {
            await world.close();
          }
        },
        events,
      );
      if (!options.json) process.stdout.write(summary(result, Date.now() - started));
    });
  } finally {
    if (options.timeline) process.stdout.write(timeline(events));
  }

  function removeSurplus(machines: string[], activity: Activity): Promise<void> {
    return activity.child("machine", `remove ${machines.join(", ")}: not in the lab file`, async (_, end) => {
      await provider.remove(machines);
      end({ outcome: "changed" });
    });
  }

  function urlOf(reach: (machine: string, port: number) => string | undefined): string | undefined {
    const [node] = nodesOf(lab).slice(-1);
    const place = node && lab.playbooks.includes("nginx-nodeport") ? reach(node.name, 30080) : undefined;
    return place && `http://${place}/`;
  }

  function summary(
    { applied, roundTrips, url }: { applied: number; roundTrips: number; url: string | undefined },
    ms: number,
  ) {
    const done =
      applied === 0 ? "Nothing to do: everything is as the lab file says" : `Done: ${applied} tasks applied`;
    const lines = [
      `${done} (${(ms / 1000).toFixed(1)} s, ${roundTrips} round trips).`,
      `kubectl --context ${lab.name} get nodes`,
      ...(url === undefined ? [] : [`nginx: ${url}`]),
    ];
    return `${lines.join("\n")}\n`;
  }
}
