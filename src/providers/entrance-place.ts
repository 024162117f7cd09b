import type { EntranceInfo } from "./types.ts";

/** `host:port` at which an entrance leads through a door; undefined if it does not. */
export function placeOf({ host, ports }: EntranceInfo, door: string): string | undefined {
  const port = ports[door];
  return host === undefined || port === undefined ? undefined : `${host}:${port}`;
}
