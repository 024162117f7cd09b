import type { Event } from "../../../activity/activity.ts";

/** Seconds in which something was downloaded or built that is there for every further lab. */
export function onceSecondsOf(events: readonly Event[]): number {
  const open = new Set<number>();
  let since = 0;
  let total = 0;
  for (const event of events) {
    if (event.event === "start" && event.kind === "artifact") {
      if (open.size === 0) since = event.at;
      open.add(event.id);
    }
    if (event.event === "end" && open.delete(event.id) && open.size === 0) total += event.at - since;
  }
  return total / 1000;
}
