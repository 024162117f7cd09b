import { createHash } from "node:crypto";
import { addressOf } from "../engine/address.ts";
import type { CheckContext } from "../engine/step.ts";
import { apiPort } from "../lab/ports.ts";
import { apiMachineOf } from "../lab/roles.ts";

/** Where this computer's kubectl asks the API server, and through which proxy. */
export interface ApiPlace {
  server: string;
  proxyUrl?: string;
}

/**
 * Directly, if this computer reaches the control plane or its load balancer; else at the address that machines use, through the proxy that
 * `labwright kubeconfig --proxy` offers.
 */
export function apiPlace(context: Pick<CheckContext, "lab" | "addresses" | "reach">): ApiPlace {
  const machine = apiMachineOf(context.lab);
  const direct = context.reach(machine, apiPort);
  if (direct !== undefined) return { server: `https://${direct}` };
  return {
    server: `https://${addressOf(context, machine)}:${apiPort}`,
    proxyUrl: `socks5://127.0.0.1:${proxyPort(context.lab.name)}`,
  };
}

/**
 * The port of a lab's proxy on this computer: always the same, because the kubeconfig names it, and below the ports that
 * Linux gives to outgoing connections (32768 and higher).
 */
export const proxyPort = (lab: string): number =>
  20_000 + (createHash("sha256").update(lab).digest().readUInt32BE() % 10_000);
