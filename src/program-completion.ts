import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { exerciseNames, machineNames, yamlFiles } from "./commands/names.ts";

type Completions = ReturnType<typeof tab>;

/** Adds the commands `completion SHELL`, which prints a script, and `complete`, which that script calls. */
const withCompletion = (root: Command): Completions => tab(root, { completionCommandName: "completion" });

/** Prints the script for a shell. Exits with 2 for a shell that it has none for. */
export async function completion(root: Command, shell: string): Promise<void> {
  withCompletion(root);
  await root.parseAsync(["completion", shell], { from: "user" });
}

/** Prints what may follow words, a line each with its description. The last word is the one that is begun. */
export async function complete(root: Command, words: readonly string[]): Promise<void> {
  await addNames(withCompletion(root), words);
  await root.parseAsync(["complete", "--", ...words], { from: "user" });
}

/** Adds the names of machines, exercises and lab files that may follow: of the lab file in this folder. */
async function addNames({ commands }: Completions, words: readonly string[]): Promise<void> {
  for (const [path, command] of commands) {
    if (path === "" || !path.split(" ").every((part, at) => words[at] === part)) continue;
    const given = { ...Object.fromEntries(command.options), ...Object.fromEntries(command.arguments) };
    if (given.machine) give(given.machine, await machineNames());
    if (given.file) give(given.file, await yamlFiles());
    const exercise = given.exercise ?? (/^exercise (?!new$)/.test(path) ? given.name : undefined);
    if (exercise) give(exercise, await exerciseNames());
  }
}

type Completed = NonNullable<ReturnType<Completions["commands"]["get"]>>;
type Given = NonNullable<ReturnType<Completed["options"]["get"]> | ReturnType<Completed["arguments"]["get"]>>;

function give(to: Given, names: readonly string[]): void {
  to.handler = (add) => {
    for (const name of names) add(name, "");
  };
}
