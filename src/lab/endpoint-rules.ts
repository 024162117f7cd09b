import { isProviderName, movingAddresses } from "./available.ts";
import { overlaps } from "./cidr.ts";
import type { Draft } from "./draft.ts";
import { type Finding, valueAt } from "./finding.ts";
import { autoEndpoint, endpointFlaw } from "./places.ts";

const path = ["cluster", "controlPlaneEndpoint"];

/** What the lab file does not agree with in `cluster.controlPlaneEndpoint`. */
export function endpointFindings(value: unknown, draft: Draft): Finding[] {
  const given = valueAt(value, path);
  if (typeof given !== "string" || endpointFlaw(given)) return [];
  return [...placeFindings(given, draft), ...memberFindings(draft), ...networkFindings(given, draft)];
}

function placeFindings(given: string, { provider }: Draft): Finding[] {
  if (!isProviderName(provider)) return [];
  const moving = movingAddresses[provider];
  if (typeof moving !== "string") {
    const message = `the provider ${provider} has no address that moves between control planes: ${moving.refused}`;
    const remedy = "delete the line, and add the machine `{ name: lb, role: load-balancer }`";
    return [{ path, part: "key", message, remedy }];
  }
  if (moving === "chosen" && given !== autoEndpoint) {
    const message = `the provider ${provider} makes the machines' network, and labwright keeps an address in it`;
    return [{ path, message, remedy: `write ${autoEndpoint}` }];
  }
  if (moving === "given" && given === autoEndpoint) {
    const message = "labwright cannot know which address is free in the network of existing machines";
    return [{ path, message, remedy: "write a free address of their network, such as 192.0.2.10" }];
  }
  return [];
}

function memberFindings({ machines }: Draft): Finding[] {
  if (machines?.some(({ role }) => role === "load-balancer")) {
    const message = "the lab has a load balancer too, and its control planes are reached at one address";
    return [{ path, part: "key", message, remedy: "keep one of the two" }];
  }
  const planes = machines?.filter(({ role }) => role === "control-plane");
  if (planes?.length !== 1 || planes[0]?.size !== 1 || machines?.some(({ role }) => role === undefined))
    return [];
  const message = "one control plane leaves no other that its address could move to";
  return [{ path, part: "key", message, remedy: "use three control planes, or delete the line" }];
}

const keys = { pod: "podSubnet", service: "serviceSubnet" };

function networkFindings(given: string, { networks }: Draft): Finding[] {
  if (given === autoEndpoint) return [];
  return networks.flatMap(({ kind, cidr }) => {
    if (kind === "machine" || cidr === undefined || !overlaps(cidr, `${given}/32`)) return [];
    const message = `${given} is in the cluster's ${keys[kind]} ${cidr}`;
    return [{ path, message, remedy: "use an address of the machines' network" }];
  });
}
