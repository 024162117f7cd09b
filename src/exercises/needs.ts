import { exitCode, LabwrightError } from "../errors.ts";
import { networkPlugins } from "../lab/available.ts";
import { knownRoles } from "../lab/names.ts";
import type { Lab } from "../lab/types.ts";
import type { Exercise, Need } from "./types.ts";

/** A need of exercises that have no effect on some pod networks. */
const networkPolicies = "network-policies";

/** What the exercise needs and the lab does not have: machines by name or role, playbooks, `network-policies`. */
export const missingNeeds = ({ needs }: Exercise, { playbooks, machines, cluster }: Lab): Need[] =>
  needs.filter((need) => {
    if (need.name === networkPolicies) return networkPlugins[cluster.network.plugin].ignoresPolicies;
    return (
      !playbooks.includes(need.name) && !machines.some(({ name, role }) => [name, role].includes(need.name))
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
  name === networkPolicies
    ? `the pod network of the lab ${lab.name}, ${lab.cluster.network.plugin}, ignores them`
    : `the lab ${lab.name} has none`;

function remedyOf({ name, machine }: Need, playbooks: readonly string[]): string {
  if (name === networkPolicies) return "set `plugin: calico` in `cluster.network`";
  if (playbooks.includes(name)) return `add ${name} to \`playbooks\``;
  const isRole = knownRoles.includes(name);
  const shortName = name === "control-plane" ? "cp" : name;
  const line =
    machine ?? (isRole ? `{ name: ${shortName}, role: ${name} }` : `{ name: ${name}, role: app-server }`);
  return `add to \`machines\` the line \`- ${line}\``;
}
