import type { ProxySettings } from "../http/proxies.ts";
import type { Lab } from "./types.ts";

/**
 * What machines of a lab get of this computer's settings: those in a cloud do not stand behind its proxy, and none
 * reaches one at its loopback address.
 */
export function machineProxies({ provider, proxies }: Pick<Lab, "provider" | "proxies">): ProxySettings {
  if (!proxies || provider === "pulumi") return { no: [] };
  const { http, https, no, certificates } = proxies;
  return {
    ...(http && !http.isLoopback && { http }),
    ...(https && !https.isLoopback && { https }),
    no,
    ...(certificates !== undefined && { certificates }),
  };
}
