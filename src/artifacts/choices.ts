import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as z from "zod";
import { writeJson } from "../local/json-file.ts";
import { labFolder } from "../paths.ts";

const choicesSchema = z.object({
  /** Where `source: auto` led. */
  source: z.enum(["upstream", "modules"]).optional(),
  /** Program set → package → version: `crictl` → `cri-tools` → `1.36.0-1.1`. */
  packages: z.record(z.string(), z.record(z.string(), z.string())).default({}),
});

export type Choices = z.infer<typeof choicesSchema>;

/** What a lab has taken once, and keeps: a machine that is added later is like the others. */
export interface ChoiceStore {
  read(): Promise<Choices>;
  change(change: (choices: Choices) => void): Promise<void>;
}

/** The choices of a lab, in its folder. A file that cannot be read counts as none: all is then chosen again. */
export function labChoices(lab: string): ChoiceStore {
  const file = join(labFolder(lab), "sources.json");
  let last: Promise<unknown> = Promise.resolve();
  const read = async (): Promise<Choices> => {
    const text = await readFile(file, "utf8").catch(() => "{}");
    return choicesSchema.catch({ packages: {} }).parse(parsed(text));
  };
  return {
    read,
    change(change) {
      // One after the other: program sets are chosen side by side.
      const next = last.then(async () => {
        const choices = await read();
        change(choices);
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
        await writeJson(file, choices);
      });
      last = next.catch(() => {});
      return next;
    },
  };
}

/** Choices that end with the process, for what belongs to no lab. */
export function passingChoices(): ChoiceStore {
  const choices: Choices = { packages: {} };
  return {
    read: async () => choices,
    change: async (change) => change(choices),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
