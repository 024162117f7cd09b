import { createHash } from "node:crypto";
import { addressOf } from "../engine/address.ts";
import type { CheckContext } from "../engine/step.ts";
import { doorName } from "../lab/entrance.ts";
import { apiPort } from "../lab/ports.ts";
import { apiMachineOf } from "../lab/roles.ts";
import { apiAddressOf, movingAddress } from "./api-address.ts";

/** Where this computer's kubectl asks the API server, and through which proxy. */
export interface ApiPlace {
  server: string;
  proxyUrl?: string;
}

type ApiContext = Pick<CheckContext, "lab" | "addresses" | "reach" | "enter">;

/**
 * Through the lab's entrance, if it has one. Else directly, if this computer reaches the control plane or its load balancer; else
 * at the address that machines use, through the proxy that `labwright kubeconfig --proxy` offers. An address that moves is used
 * only if this computer reaches machines at their own addresses: a published port is one machine's.
 */
export function apiPlace(context: ApiContext): ApiPlace {
  const place = directPlace(context);
  if (place !== undefined) return { server: `https://${place.at}` };
  return {
    server: `https://${apiAddressOf(context)}:${apiPort}`,
    proxyUrl: `socks5://127.0.0.1:${proxyPort(context.lab.name)}`,
  };
}

/** Where this computer asks the API server itself, if it can; `instead` of an address that moves, it may be one machine. */
function directPlace(context: ApiContext): { at: string; instead?: string } | undefined {
  const machine = apiMachineOf(context.lab);
  const entrance = context.enter?.(doorName({ kind: "api-server" }));
  if (entrance !== undefined) return { at: entrance };
  const at = context.reach(machine, apiPort);
  const moving = movingAddress(context);
  if (at === undefined || moving === undefined) return at === undefined ? undefined : { at };
  return at === `${addressOf(context, machine)}:${apiPort}`
    ? { at: `${moving}:${apiPort}` }
    : { at, instead: moving };
}

/**
 * For a lab with a cluster: says that kubectl on this computer asks one control plane although the address of the API server
 * moves; else undefined.
 */
export function fixedPlaceWords(context: ApiContext): string | undefined {
  const { at, instead } = directPlace(context) ?? {};
  if (instead === undefined) return undefined;
  const machine = apiMachineOf(context.lab);
  return `this computer does not reach machines at their own addresses: kubectl here asks ${machine} (${at}), not ${instead}, which moves`;
}

/**
 * The port of a lab's proxy on this computer: always the same, because the kubeconfig names it, and below the ports that
 * Linux gives to outgoing connections (32768 and higher).
 */
export const proxyPort = (lab: string): number =>
  20_000 + (createHash("sha256").update(lab).digest().readUInt32BE() % 10_000);
