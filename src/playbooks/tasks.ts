import { z } from "zod";
import type { ArtifactStore } from "../artifacts/lazy.ts";
import type { PlayTask } from "../engine/play.ts";
import type { Finding } from "../lab/finding.ts";
import { findingsOf } from "../lab/issues.ts";
import { meant } from "../lab/nearest.ts";
import type { Path, YamlDocument } from "../lab/yaml.ts";
import { currentName, loadStep, stepNames } from "../steps/registry.ts";
import type { Step } from "../steps/step.ts";
import { structuralKey } from "../structure.ts";

/** A task as YAML has it: a step's name, or a step's name with its parameters. */
export type TaskInput = string | Record<string, unknown>;

export interface TaskList {
  /** The play in findings: `goal 1`. */
  play: string;
  /** Where its tasks are in the document. */
  path: Path;
  tasks: readonly TaskInput[];
}

/** A step's name with its parameters: `name`, or `name: { … }`. */
export const entriesOf = (entry: TaskInput): [string, unknown][] =>
  typeof entry === "string" ? [[entry, {}]] : Object.entries(entry);

/** Finds the steps of a play's tasks and gives them their parameters. What is wrong is added to `findings`. */
export async function bindTasks(
  { play, path, tasks }: TaskList,
  document: YamlDocument,
  artifacts: ArtifactStore,
  findings: Finding[],
): Promise<PlayTask[]> {
  const bound = tasks.flatMap((entry, index) =>
    entriesOf(entry).map(async ([name, params]) => {
      const at = [...path, index, ...(typeof entry === "string" ? [] : [name])];
      const place = `${play}, task ${index + 1}`;
      const step = await loadStep(name);
      if (!step) {
        findings.push({
          path: at,
          part: "key",
          message: `${place}: there is no step ${name}`,
          remedy: known(name),
        });
        return [];
      }
      const wrong = parameterFindings(step, params ?? {}, (below) => document.writtenAt([...at, ...below]));
      findings.push(
        ...wrong.map((finding) => ({
          ...finding,
          path: [...at, ...finding.path],
          message: `${place}, ${name}: ${finding.message}`,
        })),
      );
      if (wrong.length > 0) return [];
      const key = structuralKey([currentName(name), params ?? {}]);
      return [{ title: titleOf(name, params), key, step: step.bind(params ?? {}, artifacts) }];
    }),
  );
  return (await Promise.all(bound)).flat();
}

/** What is wrong with a step's parameters, each with its path within them. */
function parameterFindings(step: Step, params: unknown, writtenAt: YamlDocument["writtenAt"]): Finding[] {
  const { error } = step.params.safeParse(params);
  return findingsOf(error?.issues ?? [], {
    value: params,
    writtenAt,
    form: {
      whole: "the step",
      schema: () => z.toJSONSchema(step.params, { io: "input" }),
      remedy: "see the parameters of every step in docs/steps.md",
      example: "write its parameters as `name: value`",
    },
  });
}

/** All names would be more than a message can hold. */
function known(name: string): string {
  const near = meant(name, stepNames());
  return near === undefined
    ? "see all steps in docs/steps.md"
    : `did you mean ${near}? See all steps in docs/steps.md`;
}

function titleOf(name: string, params: unknown): string {
  const first = Object.values(params ?? {}).find((value) => typeof value === "string");
  return first === undefined ? name : `${name} ${first}`;
}
