import { addonSources, addons, isSource, type Source } from "./available.ts";
import { type Finding, valueAt } from "./finding.ts";
import { list } from "./nearest.ts";

const path = ["cluster", "addons"];

/** The addons that a source has. */
export const addonsFrom = (source: Source): string[] =>
  addons.supported.filter((name) => addonSources[name].some((one) => one === source));

/** Addons that are listed twice, that the source does not have, or that this cluster cannot run. */
export function addonFindings(value: unknown): Finding[] {
  const listed = valueAt(value, path);
  if (!Array.isArray(listed) || listed.length === 0) return [];
  return [...listed.flatMap((name, index) => wrongAddon(value, listed, name, index)), ...unusable(value)];
}

function wrongAddon(value: unknown, listed: readonly unknown[], name: unknown, index: number): Finding[] {
  const known = addons.supported.find((one) => one === name);
  if (known === undefined) return [];
  const at = [...path, index];
  if (listed.indexOf(name) < index)
    return [
      { path: at, message: `the addon ${name} is named a second time`, remedy: "delete one of the two" },
    ];
  const source = valueAt(value, ["source"]);
  if (!isSource(source) || addonsFrom(source).includes(known)) return [];
  const message = `the addon ${name} cannot be had from the source ${source}`;
  return [{ path: at, message, remedy: `use one of: ${list(addonsFrom(source))}; or another source` }];
}

function unusable(value: unknown): Finding[] {
  if (valueAt(value, ["cluster", "network", "plugin"]) === "none") {
    const message = "addons need a pod network, and the network plugin is none";
    return [{ path, part: "key", message, remedy: "name calico or flannel as the plugin, or delete addons" }];
  }
  const playbooks = valueAt(value, ["playbooks"]);
  if (!Array.isArray(playbooks) || playbooks.includes("cluster")) return [];
  const message = "no playbook of this lab file installs addons";
  return [{ path, part: "key", message, remedy: "add cluster to `playbooks`, or delete addons" }];
}
