import { dualStackNetworks, ipFamilies, isProviderName } from "./available.ts";
import type { Draft } from "./draft.ts";
import { type Finding, valueAt } from "./finding.ts";

const path = ["cluster", "network", "ipFamilies"];
const both = "write [IPv4, IPv6]";

/** What is wrong with `cluster.network.ipFamilies`, and with the provider's network for it. */
export function ipFamilyFindings(value: unknown, { provider }: Draft): Finding[] {
  const given = valueAt(value, path);
  if (!Array.isArray(given) || given.some((one) => !ipFamilies.supported.includes(one))) return [];
  const [first, second, third] = given;
  if (first === second || third !== undefined) {
    const message = "cluster.network.ipFamilies has a family twice";
    return [{ path, message, remedy: `${both}, or delete the line to use IPv4` }];
  }
  if (first === "IPv6") {
    const message =
      second === undefined
        ? "a cluster of IPv6 alone is not available: the machines' own addresses are IPv4"
        : "the first family is that of the machines' own addresses, which are IPv4";
    return [{ path, message, remedy: both }];
  }
  const network = second === undefined || !isProviderName(provider) || dualStackNetworks[provider];
  if (network === true) return [];
  const message = `the provider ${String(provider)} has no network with IPv6: ${network.refused}`;
  return [{ path, message, remedy: "write [IPv4], or use the provider docker" }];
}
