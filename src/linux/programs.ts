import type { Activity } from "../activity/activity.ts";
import type { ProgramSet } from "../artifacts/program-set.ts";
import type { StepContext } from "../artifacts/step-context.ts";
import type { Programs } from "../artifacts/types.ts";
import type { ApplyContext } from "../engine/step.ts";
import { type Platform, platformOf } from "../hosts/platform.ts";
import { type Command, sh } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";
import { satisfies } from "../versions.ts";
import { backUp } from "./backup.ts";

/** An activity for artifacts that a step asks for: their notes become the task's. */
export const quietly = (context: ApplyContext): Activity => ({
  note: context.note,
  expect: () => {},
  child: (_kind, _title, work) => work(quietly(context), () => {}),
});

/** The platform of the task's own machine. */
export const platformHere = async (context: ApplyContext): Promise<Platform> =>
  platformOf(await context.on(context.machine.name));

/** Sends a set of programs, or those of it that are named, into a folder of a machine; `restore` with its name removes them. */
export async function install(
  host: Host,
  context: StepContext,
  set: ProgramSet,
  folder: string,
  names?: readonly string[],
): Promise<Programs> {
  const programs = await context.artifacts.programs(set, await platformOf(host), quietly(context));
  await host.run(backUp(set.name, { files: programs.files.map(({ name }) => `${folder}/${name}`) }));
  await send(host, context, programs, folder, names);
  return programs;
}

/** Sends programs, or those that are named, into a folder of a machine, and keeps no record of what was there. */
export async function send(
  host: Host,
  context: Pick<StepContext, "note">,
  { files }: Programs,
  folder: string,
  names?: readonly string[],
): Promise<void> {
  for (const { name, path } of files.filter(({ name }) => names?.includes(name) ?? true)) {
    context.note(`sending ${name}`);
    await host.write({ path: `${folder}/${name}`, content: { localFile: path }, mode: 0o755 });
  }
}

/** Prints a program's version in its own words; fails if there is no such program. */
export const versionOf = (program: string, flag = "--version"): Command => sh`${program} ${flag} 2>/dev/null`;

/** The version that a program names: `1.36.3`. */
export const versionIn = ({ stdout }: Output): string | undefined =>
  /\bv?(\d+\.\d+\.\d+)\b/.exec(stdout)?.[1];

/** The difference between a program's version and the wanted ones: `1.36.3`, or a range of semver. */
export function versionDifference(program: string, fact: Output, wanted: string): string[] {
  if (fact.code !== 0) return [`${program} is not installed`];
  const found = versionIn(fact);
  if (found !== undefined && satisfies(found, wanted)) return [];
  return [`${program} is ${found ?? "of an unknown version"}, not ${wanted}`];
}
