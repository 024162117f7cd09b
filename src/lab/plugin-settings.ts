import * as z from "zod";
import { networkPlugins, type PluginSetting, type PluginValue } from "./available.ts";
import { choice } from "./fields.ts";
import { type Finding, valueAt } from "./finding.ts";

/** A pod network's own settings by name; all of its plugin are there. */
export type PluginSettings = Readonly<Record<string, PluginValue>>;

type SettingName = {
  [Plugin in keyof typeof networkPlugins]: keyof (typeof networkPlugins)[Plugin]["settings"];
}[keyof typeof networkPlugins];

const settingsOf = (plugin: string): [string, PluginSetting][] =>
  Object.entries(networkPlugins).flatMap(([name, { settings }]) =>
    name === plugin ? Object.entries(settings) : [],
  );

const isText = (value: PluginValue): value is string => typeof value === "string";

function field(name: string, { description, values }: PluginSetting) {
  const words = values.filter(isText);
  const schema: z.ZodType<PluginValue, PluginValue> =
    words.length > 0 ? choice(name, { supported: words, planned: [] }) : z.boolean();
  return schema.optional().describe(`${description} Default: ${values[0]}.`);
}

/** The settings of all plugins, as fields of `cluster.network`. */
export const pluginFields = Object.fromEntries(
  Object.keys(networkPlugins)
    .flatMap(settingsOf)
    .map(([name, setting]) => [name, field(name, setting)]),
) as Record<SettingName, ReturnType<typeof field>>;

/** A plugin's settings: those that are given, and the defaults of the others. */
export const withDefaults = (
  plugin: string,
  given: Readonly<Record<string, PluginValue | undefined>>,
): PluginSettings =>
  Object.fromEntries(settingsOf(plugin).map(([name, { values }]) => [name, given[name] ?? values[0]]));

/** Settings in `cluster.network` that belong to another network plugin than the lab file names, or that a cloud cannot have. */
export function pluginFindings(value: unknown): Finding[] {
  const plugin = valueAt(value, ["cluster", "network", "plugin"]) ?? "calico";
  const others = Object.keys(networkPlugins)
    .filter((name) => name !== plugin)
    .flatMap((name) => settingsOf(name).map(([key]) => ({ name, path: ["cluster", "network", key] })))
    .filter(({ path }) => valueAt(value, path) !== undefined)
    .map(({ name, path }) => {
      const message = `${path.join(".")} is a setting of ${name}, and the network plugin is ${plugin}`;
      return { path, part: "key" as const, message, remedy: "delete the line" };
    });
  return [...others, ...routedFindings(value)];
}

/** A cloud's network drops packets with addresses that it has not given to a server, as EC2 does: "source/destination check". */
function routedFindings(value: unknown): Finding[] {
  const path = ["cluster", "network", "backend"];
  if (valueAt(value, ["provider"]) !== "pulumi" || valueAt(value, path) !== "host-gw") return [];
  const message =
    "the backend host-gw does not work in a cloud, whose network does not carry the addresses of pods";
  return [{ path, part: "value" as const, message, remedy: "write vxlan, or delete the line" }];
}
