import type { Prerequisites } from "../types.ts";
import { findIncus, stopOwnIncus } from "./engine.ts";
import { provideIncus, restartOwnIncus } from "./provide.ts";

async function check(): Promise<{ ok: boolean; says: string }> {
  const engine = await findIncus();
  if (!engine)
    return {
      ok: false,
      says: "no Incus server is running: `labwright doctor --fix --provider incus` installs and starts one",
    };
  const { server_version, os_name, driver, firewall } = engine.facts;
  const whose = engine.own ? "labwright's own" : "the one of this computer";
  const kinds = /qemu/.test(driver) ? "containers and virtual machines" : "containers";
  return { ok: true, says: `Incus ${server_version} (${whose}) on ${os_name}: ${kinds}; ${firewall}` };
}

/** An Incus server on this computer. */
export const prerequisites: Prerequisites = {
  check,
  install: provideIncus,
  restart: restartOwnIncus,
  stop: stopOwnIncus,
};
