import { exitCode, LabwrightError } from "../errors.ts";
import { networkPlugins } from "../lab/available.ts";
import { knownRoles } from "../lab/names.ts";
import type { Lab } from "../lab/types.ts";
import { isSupportedMinor, kubernetesMinors, minorBefore, minorOf } from "../versions.ts";
import type { Exercise, Need } from "./types.ts";

/** What a cluster may have that is neither a machine nor a playbook. */
interface Property {
  isMissing(lab: Lab): boolean;
  /** Why it is missing, after "X needs Y, and". */
  why(lab: Lab): string;
  /** What to do, after "In the lab file,". */
  remedy: string;
}

const secondMinor = Object.keys(kubernetesMinors)[1] ?? "";

/** For exercises that have no effect on some pod networks. */
const networkPolicies: Property = {
  isMissing: ({ cluster }) => networkPlugins[cluster.network.plugin].ignoresPolicies,
  why: ({ name, cluster }) => `the pod network of the lab ${name}, ${cluster.network.plugin}, ignores them`,
  remedy: "set `plugin: calico` in `cluster.network`",
};

/** For exercises with a node that is one minor release behind the control plane. */
const previousRelease: Property = {
  isMissing: ({ cluster }) => !isSupportedMinor(minorBefore(cluster.version)),
  why: ({ name, cluster }) =>
    `the lab ${name} has Kubernetes ${minorOf(cluster.version)}, the oldest release that labwright installs`,
  remedy: `set \`version: "${secondMinor}"\` in \`cluster\``,
};

const properties: ReadonlyMap<string, Property> = new Map([
  ["network-policies", networkPolicies],
  ["previous-release", previousRelease],
]);

/** What the exercise needs and the lab does not have: machines by name or role, playbooks, properties of the cluster. */
export const missingNeeds = ({ needs }: Exercise, lab: Lab): Need[] =>
  needs.filter((need) => {
    const property = properties.get(need.name);
    if (property) return property.isMissing(lab);
    return (
      !lab.playbooks.includes(need.name) &&
      !lab.machines.some(({ name, role }) => [name, role].includes(need.name))
    );
  });

/** Throws (exit code 2) with the place of each need in exercise.yaml, and the lines that the lab file lacks. */
export function assertNeeds(exercise: Exercise, lab: Lab, playbooks: readonly string[]): void {
  const missing = missingNeeds(exercise, lab);
  if (missing.length === 0) return;
  const { file, name } = exercise;
  throw new LabwrightError({
    code: "exercise-needs",
    message: missing
      .map((need) => {
        const { line, column } = need.place();
        return `${file}:${line}:${column}: ${name} needs ${need.name}, and ${lacking(need, lab)}`;
      })
      .join("\n"),
    remedy: `In the lab file, ${missing.map((need) => remedyOf(need, playbooks)).join("; ")}. Then run \`labwright up\`.`,
    exit: exitCode.usage,
  });
}

const lacking = ({ name }: Need, lab: Lab): string =>
  properties.get(name)?.why(lab) ?? `the lab ${lab.name} has none`;

function remedyOf({ name, machine }: Need, playbooks: readonly string[]): string {
  const property = properties.get(name);
  if (property) return property.remedy;
  if (playbooks.includes(name)) return `add ${name} to \`playbooks\``;
  const isRole = knownRoles.includes(name);
  const shortName = name === "control-plane" ? "cp" : name;
  const line =
    machine ?? (isRole ? `{ name: ${shortName}, role: ${name} }` : `{ name: ${name}, role: app-server }`);
  return `add to \`machines\` the line \`- ${line}\``;
}
