import type { Prerequisites } from "../types.ts";
import { findEngine, provideEngine, restartOwnEngine } from "./engine.ts";
import { stopOwnEngine } from "./own-engine.ts";

async function check(): Promise<{ ok: boolean; says: string }> {
  const engine = await findEngine();
  if (!engine)
    return {
      ok: false,
      says: "no Docker engine is running: `labwright doctor --fix` installs and starts one",
    };
  const { version, operatingSystem, cgroupVersion, storageDriver } = engine.facts;
  const whose = engine.own ? "labwright's own" : "the one of this computer";
  if (engine.reach.kind === "refused") {
    const { because, remedy } = engine.reach;
    return { ok: false, says: `${because}. ${remedy}` };
  }
  const reach =
    engine.reach.kind === "direct"
      ? "machines are reached directly"
      : `machines are reached through ports of ${engine.reach.host}`;
  return {
    ok: true,
    says: `Docker ${version} (${whose}) on ${operatingSystem}, cgroup v${cgroupVersion}, ${storageDriver}; ${reach}`,
  };
}

/** A Docker engine. */
export const prerequisites: Prerequisites = {
  check,
  install: provideEngine,
  restart: (_, note) => restartOwnEngine(note),
  stop: stopOwnEngine,
};
