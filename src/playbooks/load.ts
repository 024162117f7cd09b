import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import type { ArtifactStore } from "../artifacts/lazy.ts";
import type { Play } from "../engine/play.ts";
import { LabwrightError } from "../errors.ts";
import { problemsOf } from "../lab/finding.ts";
import type { Form } from "../lab/form.ts";
import { findingsOf } from "../lab/issues.ts";
import { FileProblems } from "../lab/problem.ts";
import { readYaml, type YamlDocument } from "../lab/yaml.ts";
import { packageFolder } from "../paths.ts";
import { machineNames } from "./on.ts";
import { bindTasks } from "./tasks.ts";

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]);

const playSchema = z.strictObject({
  name: z.string().min(1),
  on: machineNames,
  serial: z.boolean().optional(),
  after: oneOrMore.default([]),
  tasks: z.array(z.union([z.string(), z.record(z.string(), z.unknown())])).min(1),
});

const playbookSchema = z.array(playSchema);

const playbookForm: Form = {
  whole: "a playbook",
  schema: () => z.toJSONSchema(playbookSchema, { io: "input" }),
  remedy: "see playbooks/cluster.yaml for an example",
  example: "begin with a play: `- { name: …, on: …, tasks: [ … ] }`",
  places: { "*": "a play" },
};

const folder = join(packageFolder, "playbooks");

/** Names of the playbooks that there are: `cluster` for playbooks/cluster.yaml. */
export async function knownPlaybooks(): Promise<string[]> {
  const files = await readdir(folder);
  return files.filter((file) => file.endsWith(".yaml")).map((file) => basename(file, ".yaml"));
}

/** A lab's playbooks, with those that each lab begins with. */
export const playbooksOf = (playbooks: readonly string[]): string[] => [
  ...["internal/machines", "internal/software"],
  ...playbooks,
];

/** Reads the named playbooks, in order, as one list of plays. Throws a LabwrightError that names the file and place. */
export async function loadPlays(names: readonly string[], artifacts: ArtifactStore): Promise<Play[]> {
  const lists = await Promise.all(names.map((name) => readPlaybook(join(folder, `${name}.yaml`), artifacts)));
  const plays = lists.flat();
  for (const play of plays) assertAfterKnown(play, plays);
  return plays;
}

async function readPlaybook(file: string, artifacts: ArtifactStore): Promise<Play[]> {
  return readPlays(readYaml(await readFile(file, "utf8"), file), file, artifacts);
}

/** The plays of a playbook. Throws FileProblems (code `playbook`) with all that is wrong, each with its line and column. */
export async function readPlays(
  document: YamlDocument,
  file: string,
  artifacts: ArtifactStore,
): Promise<Play[]> {
  const parsed = playbookSchema.safeParse(document.value);
  const findings = findingsOf(parsed.error?.issues ?? [], { ...document, form: playbookForm });
  const plays = (parsed.data ?? []).map(async (play, index) => ({
    ...play,
    tasks: await bindTasks(
      { play: `the play "${play.name}"`, path: [index, "tasks"], tasks: play.tasks },
      document,
      artifacts,
      findings,
    ),
  }));
  const bound = await Promise.all(plays);
  if (findings.length > 0) throw new FileProblems("playbook", problemsOf(findings, file, document));
  return bound;
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
    remedy: "Correct the playbook at that place, then run the command again.",
  });
