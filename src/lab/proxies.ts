import type { ProxySettings } from "../http/proxies.ts";
import type { Lab } from "./types.ts";

/**
 * Which of this computer's proxy settings the machines of a lab get: those in a cloud get none, and no machine
 * can reach a proxy at a loopback address.
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
