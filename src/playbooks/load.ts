import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import type { ArtifactStore } from "../artifacts/lazy.ts";
import type { Play, PlayTask } from "../engine/play.ts";
import { LabwrightError, messageOf } from "../errors.ts";
import { readYaml } from "../lab/yaml.ts";
import { packageFolder } from "../paths.ts";
import { loadStep, stepNames } from "../steps/registry.ts";

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]);

const playSchema = z.strictObject({
  name: z.string().min(1),
  on: oneOrMore,
  after: oneOrMore.default([]),
  tasks: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).min(1),
});

const folder = join(packageFolder, "playbooks");

/** Names of the playbooks that there are: `cluster` for playbooks/cluster.yaml. */
export async function knownPlaybooks(): Promise<string[]> {
  const files = await readdir(folder);
  return files.filter((file) => file.endsWith(".yaml")).map((file) => basename(file, ".yaml"));
}

/** A lab's playbooks, with the one that each lab begins with. */
export const playbooksOf = (playbooks: readonly string[]): string[] => ["internal/machines", ...playbooks];

/** Reads the named playbooks, in order, as one list of plays. Throws a LabwrightError that names the file and place. */
export async function loadPlays(names: readonly string[], artifacts: ArtifactStore): Promise<Play[]> {
  const lists = await Promise.all(names.map((name) => readPlaybook(join(folder, `${name}.yaml`), artifacts)));
  const plays = lists.flat();
  for (const play of plays) assertAfterKnown(play, plays);
  return plays;
}

async function readPlaybook(file: string, artifacts: ArtifactStore): Promise<Play[]> {
  const parsed = z.array(playSchema).safeParse(readYaml(await readFile(file, "utf8"), file).value);
  if (!parsed.success) throw playbookError(file, z.prettifyError(parsed.error));
  return Promise.all(
    parsed.data.map(async (play) => ({
      ...play,
      tasks: await Promise.all(
        play.tasks.flatMap((entry) =>
          entriesOf(entry).map((task) =>
            bindTask(task, artifacts, (message) => playbookError(file, message)),
          ),
        ),
      ),
    })),
  );
}

/** The names of all steps, as playbooks and exercises give them. */
export const knownSteps = stepNames;

/** A step's name with its parameters, as a list of tasks names them: `name`, or `name: { … }`. */
export const entriesOf = (entry: string | Record<string, unknown>): [string, unknown][] =>
  typeof entry === "string" ? [[entry, {}]] : Object.entries(entry);

/** Finds a step and gives it its parameters. What is wrong is made an error of by `fail`. */
export async function bindTask(
  [name, params]: [string, unknown],
  artifacts: ArtifactStore,
  fail: (message: string) => Error,
): Promise<PlayTask> {
  const step = await loadStep(name);
  if (!step) throw fail(`there is no step "${name}"`);
  try {
    const key = JSON.stringify([name, params ?? {}]);
    return { title: titleOf(name, params), key, step: step.bind(params ?? {}, artifacts) };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw fail(`the parameters of "${name}" are not right: ${why}`);
  }
}

function titleOf(name: string, params: unknown): string {
  const first = Object.values(params ?? {}).find((value) => typeof value === "string");
  return first === undefined ? name : `${name} ${first}`;
}

function assertAfterKnown(play: Play, plays: readonly Play[]): void {
  const missing = play.after.find((name) => !plays.some((other) => other.name === name));
  if (missing !== undefined)
    throw playbookError(
      "playbooks",
      `"${play.name}" waits for "${missing}", which no playbook of this lab has`,
    );
}

const playbookError = (file: string, message: string) =>
  new LabwrightError({
    code: "playbook",
    message: `${file}: ${message}`,
    remedy: "correct the playbook at that place, then run the command again",
  });
