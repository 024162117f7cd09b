import type { Facts } from "../engine/step.ts";
import { type Command, sh } from "../hosts/sh.ts";
import { ask, kubectl } from "./kubectl.ts";

/** The probes of a manifest that is in a file on the control plane and was applied from there. */
export const askApplied = (file: string): Record<"heading" | "wanted" | "present", Command> => ({
  // Its first line names all its inputs: equal lines mean equal files.
  heading: sh`head -n 1 ${file}`,
  wanted: sh`grep -c '^kind:' ${file}`,
  // Reading each object by name costs one request each; the number of objects shows that none was removed.
  present: sh`test -e ${file} && ${ask(sh`get -f ${file} --ignore-not-found -o name`)}`,
});

/** The differences; `whose` names the objects in them. */
export function appliedDifference(
  facts: Facts<"heading" | "wanted" | "present">,
  heading: string,
  whose: string,
): string[] {
  if (facts.heading.stdout.trim() !== heading)
    return [`${whose} has not been applied with the lab's settings`];
  const present = facts.present.stdout.split("\n").filter((line) => line !== "");
  const missing = Number(facts.wanted.stdout) - present.length;
  return missing > 0 ? [`${missing} of ${whose}'s objects are missing`] : [];
}

/** Deletes the objects that were applied from the file, and the file. */
export const deleteApplied = (file: string): Command =>
  sh`[ ! -e ${file} ] || { ${kubectl(sh`delete --ignore-not-found -f ${file}`)} && rm ${file}; }`;
