import type { EntranceInfo } from "./types.ts";

/** `host:port` at which an entrance leads through a door, by `doorName`; undefined if it does not. */
export type Enter = (door: string) => string | undefined;

/** The way through an entrance; undefined without one. */
export function enterBy(entrance: EntranceInfo | undefined): Enter | undefined {
  if (!entrance) return undefined;
  const { host, ports } = entrance;
  return (door) => {
    const port = ports[door];
    return host === undefined || port === undefined ? undefined : `${host}:${port}`;
  };
}
