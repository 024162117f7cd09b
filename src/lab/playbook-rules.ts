import { type Finding, valueAt } from "./finding.ts";
import { choose } from "./nearest.ts";

/** Playbooks that do not exist, and playbooks that are named twice. */
export function playbookFindings(value: unknown, known: readonly string[]): Finding[] {
  const listed = valueAt(value, ["playbooks"]);
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((name, index): Finding[] => {
    const path = ["playbooks", index];
    if (typeof name !== "string") return [];
    if (!known.includes(name))
      return [{ path, message: `there is no playbook ${JSON.stringify(name)}`, remedy: choose(name, known) }];
    if (listed.indexOf(name) === index) return [];
    return [
      { path, message: `the playbook ${name} is named a second time`, remedy: "take one of the two out" },
    ];
  });
}
