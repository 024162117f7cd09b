import { join } from "node:path";
import { dataFolder } from "../paths.ts";
import type { Class } from "./class-file.ts";

/** The name of a student's lab. */
export const labNameOf = ({ name }: Pick<Class, "name">, student: string): string => `${name}-${student}`;

/** What a command is told to work on a student's lab: the class's lab file under another name. */
export const labOptionsOf = (
  one: Class,
  student: string,
): { file: string; name: string; provider?: string } => ({
  file: one.labFile,
  name: labNameOf(one, student),
  ...(one.provider !== undefined && { provider: one.provider }),
});

/** What this computer keeps of a class: logs, figures and results. */
export const classFolder = (name: string): string => join(dataFolder(), "classes", name);

/** What the last command on a student's lab did. */
export const logOf = (name: string, student: string): string =>
  join(classFolder(name), "logs", `${student}.log`);
