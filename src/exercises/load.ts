import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactStore } from "../artifacts/lazy.ts";
import { localhost } from "../engine/graph.ts";
import type { Play } from "../engine/play.ts";
import type { Place } from "../engine/step.ts";
import { LabwrightError, messageOf } from "../errors.ts";
import { problemsOf } from "../lab/finding.ts";
import { findingsOf } from "../lab/issues.ts";
import { FileProblems } from "../lab/problem.ts";
import { readYaml, writeYaml, type YamlDocument } from "../lab/yaml.ts";
import { textOf as textIfThere } from "../local/text-file.ts";
import { bindTasks } from "../playbooks/tasks.ts";
import {
  type ExerciseInput,
  exerciseForm,
  exerciseSchema,
  type PlaceInput,
  type PlayInput,
} from "./schema.ts";
import type { Exercise, Need } from "./types.ts";

/**
 * Reads the exercise in a folder. Throws FileProblems (code `exercise-file`) with all errors in its
 * exercise.yaml, each with its line and column.
 */
export async function loadExercise(
  folder: string,
  name: string,
  artifacts: ArtifactStore,
): Promise<Exercise> {
  const file = join(folder, "exercise.yaml");
  const document = readYaml(await textOf(file), file);
  const parsed = exerciseSchema.safeParse(document.value);
  const findings = findingsOf(parsed.error?.issues ?? [], { ...document, form: exerciseForm });
  if (!parsed.success) throw new FileProblems("exercise-file", problemsOf(findings, file, document));
  const { setup, goal, needs, places, timeLimit, ...rest } = parsed.data;
  const solution = (await textIfThere(join(folder, "solution.md")))?.trim();
  const exercise: Exercise = {
    ...rest,
    name,
    file,
    task: await textOf(join(folder, "task.md")),
    ...(solution && { solution: `${solution}\n` }),
    ...(timeLimit !== undefined && { timeLimit }),
    needs: needsOf(needs, parsed.data, document),
    places: places.map((place) => ({ on: place.on, things: thingsOf(place) })),
    setup: await playsOf("setup", setup),
    goal: await playsOf("goal", goal),
  };
  if (findings.length > 0) throw new FileProblems("exercise-file", problemsOf(findings, file, document));
  return exercise;

  /** Plays of an exercise run one after the other, in the order in which they are written. */
  async function playsOf(section: "setup" | "goal", plays: readonly PlayInput[]): Promise<Play[]> {
    const names = plays.map(({ title }, index) => title ?? `${section} ${index + 1}`);
    return Promise.all(
      plays.map(async ({ on, tasks }, index) => ({
        name: names[index] ?? section,
        on,
        after: names.slice(0, index).slice(-1),
        tasks: await bindTasks(
          { play: `${section} ${index + 1}`, path: [section, index, "tasks"], tasks },
          document,
          artifacts,
          findings,
        ),
      })),
    );
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new LabwrightError({
      code: "exercise-file",
      message: `${file} cannot be read: ${messageOf(error)}`,
      remedy:
        "Create the exercise's folder, with task.md and exercise.yaml, with `labwright exercise new NAME`.",
      cause: error,
      exit: 2,
    });
  }
}

/** An account owns its home. */
function thingsOf({ accounts, ...place }: PlaceInput): Place[] {
  const all = (kind: Place["kind"], names: readonly string[]) => names.map((name) => ({ kind, name }));
  return [
    ...all("account", accounts),
    ...all("docker container", place.containers),
    ...all("docker image", place.images),
    ...all("docker network", place.networks),
    ...all("docker volume", place.volumes),
    ...all("file", [...place.files, ...accounts.map((name) => `/home/${name}`)]),
    ...all("namespace", place.namespaces),
    ...all("object", place.objects),
  ];
}

/** What `needs` names, and every machine or role that plays and wrong attempts are on. */
function needsOf(given: ExerciseInput["needs"], input: ExerciseInput, { positionOf }: YamlDocument): Need[] {
  const asked = given.map((need, index) => {
    const place = () => positionOf(["needs", index]);
    if (typeof need === "string") return { name: need, place };
    return { name: need.name, machine: flowLine(need), place };
  });
  const used = [
    ...(["setup", "goal"] as const).flatMap((section) =>
      input[section].flatMap(({ on }, index) => on.map((name) => ({ name, path: [section, index, "on"] }))),
    ),
    ...input.places.flatMap(({ on }, index) => on.map((name) => ({ name, path: ["places", index, "on"] }))),
    ...input.wrong.map(({ on }, index) => ({ name: on, path: ["wrong", index, "on"] })),
  ];
  const all = [...asked, ...used.map(({ name, path }) => ({ name, place: () => positionOf(path) }))];
  return all.filter(
    ({ name }, index) => name !== localhost.name && all.findIndex((one) => one.name === name) === index,
  );
}

/** A machine on one line, as lab files have it: `{ name: stapp01, role: app-server }`. */
function flowLine(machine: Record<string, unknown>): string {
  const value = (one: unknown): string =>
    Array.isArray(one) ? `[${one.join(", ")}]` : writeYaml(one).trim();
  return `{ ${Object.entries(machine)
    .map(([key, one]) => `${key}: ${value(one)}`)
    .join(", ")} }`;
}
