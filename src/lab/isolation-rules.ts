import { isolations, isProviderName } from "./available.ts";
import type { Draft } from "./draft.ts";
import { type Finding, valueAt } from "./finding.ts";

const path = ["network", "isolated"];

/** What the lab file does not agree with in `network.isolated`. */
export function isolationFindings(value: unknown, { provider }: Draft): Finding[] {
  if (valueAt(value, path) !== true) return [];
  const able = isProviderName(provider) ? isolations[provider] : true;
  if (able === true) return [];
  return [
    {
      ...{ path, part: "key" },
      message: `the provider ${provider} does not isolate machines: ${able.refused}`,
      remedy: "delete the key, or use the provider docker or incus",
    },
  ];
}
