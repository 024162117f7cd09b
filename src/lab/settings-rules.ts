import { type Finding, isRecord, valueAt } from "./finding.ts";
import { type Component, programOf } from "./reserved-arguments.ts";
import type { Path } from "./yaml.ts";

/** Keys of `cluster` that set arguments, with those arguments. */
const conveniences: Record<string, { components: readonly Component[]; names: readonly string[] }> = {
  featureGates: {
    components: ["apiServer", "controllerManager", "scheduler"],
    names: ["feature-gates"],
  },
  admissionPlugins: { components: ["apiServer"], names: ["enable-admission-plugins"] },
  auditPolicy: { components: ["apiServer"], names: ["audit-policy-file", "audit-log-path"] },
  encryptionAtRest: { components: ["apiServer"], names: ["encryption-provider-config"] },
};

/** Where each component's arguments are in `cluster`. */
const argumentPaths: Record<Component, Path> = {
  apiServer: ["cluster", "apiServer", "extraArgs"],
  controllerManager: ["cluster", "controllerManager", "extraArgs"],
  scheduler: ["cluster", "scheduler", "extraArgs"],
  etcd: ["cluster", "etcd", "local", "extraArgs"],
};

/** Arguments that the lab file sets in two ways, and volumes of the same name. */
export const settingsFindings = (value: unknown): Finding[] => [
  ...Object.entries(conveniences).flatMap(([key, { components, names }]) => {
    const given = valueAt(value, ["cluster", key]);
    if (given === undefined || given === false) return [];
    return components.flatMap((component) => argumentsNamed(value, component, names, key));
  }),
  ...(["apiServer", "controllerManager", "scheduler"] as const).flatMap((component) =>
    repeatedVolumes(value, ["cluster", component, "extraVolumes"]),
  ),
];

const itemsAt = (value: unknown, path: Path): unknown[] => {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
};

const argumentsNamed = (
  value: unknown,
  component: Component,
  names: readonly string[],
  key: string,
): Finding[] =>
  itemsAt(value, argumentPaths[component]).flatMap((one, index) => {
    const name = isRecord(one) ? one.name : undefined;
    if (typeof name !== "string" || !names.includes(name)) return [];
    return [
      {
        path: [...argumentPaths[component], index, "name"],
        message: `${programOf[component]}'s ${name} is set by cluster.${key} already`,
        remedy: `delete this argument, or cluster.${key}`,
      },
    ];
  });

function repeatedVolumes(value: unknown, path: Path): Finding[] {
  const names = itemsAt(value, path).map((one) => (isRecord(one) ? one.name : undefined));
  return names.flatMap((name, index) =>
    typeof name === "string" && names.indexOf(name) < index
      ? [
          {
            path: [...path, index, "name"],
            message: `there is a volume ${name} above already`,
            remedy: "give each volume its own name",
          },
        ]
      : [],
  );
}
