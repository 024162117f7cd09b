import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { writeYaml } from "../../src/lab/yaml.ts";
import { loadStep } from "../../src/steps/registry.ts";
import type { Step } from "../../src/steps/step.ts";
import { tablesOf } from "./parameters.ts";

const root = join(import.meta.dirname, "../..");

export const stepsFile = join(root, "docs/steps.md");

const headings: Record<string, string> = {
  exercise: "Steps for exercises",
  docker: "Steps for Docker",
  machine: "Steps for machines",
  cluster: "Steps for the cluster",
};

const introduction = `<!-- Written by \`npm run docs:steps\` from the steps' schemas. Don't edit it. -->

# Steps

A task in a play of a playbook or an [exercise](exercises.md) is a step with its parameters. Each step has a \`check\`, which
only reads. What else it has is named with each step:

- *applies*: \`up\`, \`exercise start\` and \`exercise solve\` make the difference go away. Without it, the step is an
  expectation: it passes only if something else makes it true.
- *undoes*: \`down\` and \`exercise reset\` take the change back.
- *waits*: how long the check may take to pass after a change.
`;

/** docs/steps.md: every step with its parameters and an example. */
export async function stepsPage(): Promise<string> {
  const sections = Object.entries(headings).map(async ([folder, heading]) => {
    const files = globSync(`src/steps/${folder}/*.ts`, { cwd: root }).sort();
    const steps = await Promise.all(files.map((file) => sectionOf(basename(file, ".ts"))));
    return [`## ${heading}`, ...steps].join("\n\n");
  });
  return `${[introduction.trimEnd(), ...(await Promise.all(sections))].join("\n\n")}\n`;
}

async function sectionOf(name: string): Promise<string> {
  const step = await loadStep(name);
  if (!step) throw new Error(`src/steps/registry.ts has no step ${name}`);
  return [
    `### ${name}`,
    `${step.summary}${abilities(step)}`,
    ...tablesOf(z.toJSONSchema(step.params, { io: "input" })),
    `\`\`\`yaml\n${writeYaml([step.example ? { [name]: step.example } : name])}\`\`\``,
  ].join("\n\n");
}

function abilities(step: Step): string {
  const { apply, undo, patience } = step.bind(step.example ?? {}, emptyStore);
  const words = [
    ...(apply ? ["applies"] : ["checks only"]),
    ...(undo ? ["undoes"] : []),
    ...(patience ? [`waits up to ${patience.seconds} s`] : []),
  ];
  return ` (*${words.join(", ")}*)`;
}
