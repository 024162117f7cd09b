import { networkPlugins } from "./available.ts";
import { type Finding, valueAt } from "./finding.ts";

/** Settings in `cluster.network` that belong to another network plugin than the lab file names. */
export function pluginFindings(value: unknown): Finding[] {
  const plugin = valueAt(value, ["cluster", "network", "plugin"]) ?? "calico";
  return Object.entries(networkPlugins)
    .filter(([name]) => name !== plugin)
    .flatMap(([name, { settings }]) => settings.map((key) => ({ name, path: ["cluster", "network", key] })))
    .filter(({ path }) => valueAt(value, path) !== undefined)
    .map(({ name, path }) => {
      const message = `${path.join(".")} is a setting of ${name}, and the network plugin is ${plugin}`;
      return { path, part: "key" as const, message, remedy: "delete the line" };
    });
}
