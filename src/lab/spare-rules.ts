import { isProviderName, type ProviderName, spares } from "./available.ts";
import type { Draft } from "./draft.ts";
import { type Finding, valueAt } from "./finding.ts";

const path = ["spares"];

/** The providers whose machines can have spares: `docker or incus`. */
export const spareProviders = Object.keys(spares)
  .filter((name) => spares[name as ProviderName] === true)
  .join(" or ");

/** What the lab file does not agree with in `spares`. */
export function spareFindings(value: unknown, { provider }: Draft): Finding[] {
  const wanted = valueAt(value, path);
  if (wanted === undefined || wanted === 0) return [];
  const able = isProviderName(provider) ? spares[provider] : true;
  const subnet = valueAt(value, ["network", "subnet"]);
  return [
    ...(able === true
      ? []
      : [
          {
            ...{ path, part: "key" as const },
            message: `the provider ${String(provider)} has no spares: ${able.refused}`,
            remedy: `delete the key, or use the provider ${spareProviders}`,
          },
        ]),
    ...(subnet === undefined
      ? []
      : [
          {
            ...{ path, part: "key" as const },
            message: "each spare has its own network, and network.subnet names one for all machines",
            remedy: "delete one of the two keys; without network.subnet, the provider picks free networks",
          },
        ]),
  ];
}
