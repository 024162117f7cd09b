import type { Flaw } from "./names.ts";
import { inOrder, type Problem } from "./problem.ts";
import type { Path, YamlDocument } from "./yaml.ts";

/** An error, with the path of the wrong value or key. */
export interface Finding extends Flaw {
  path: Path;
  part?: "key" | "value";
}

/** A path as people write it: `machines[2].name`. */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");

/** The value at a path of plain data; undefined if the path leads nowhere. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) return typeof step === "number" ? at[step] : undefined;
    return isRecord(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }, value);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Findings with their places in a file, in the order in which a reader meets them. */
export const problemsOf = (
  findings: readonly Finding[],
  file: string,
  { positionOf }: Pick<YamlDocument, "positionOf">,
): Problem[] =>
  inOrder(
    findings.map(({ path, part, message, remedy }) => ({
      file,
      ...positionOf(path, part),
      message,
      remedy,
    })),
  );
