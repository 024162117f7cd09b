import { type Item, isOfCluster, itemOf, type Recording } from "./types.ts";

/** An item that differs from the recording. */
export interface Difference extends Item {
  how: "extra" | "gone" | "changed";
}

/** The differences between two recordings, in their order. */
export function differencesBetween(before: Recording, now: Recording): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return keys.flatMap((key): Difference[] => {
    if (before[key] === now[key]) return [];
    const how = before[key] === undefined ? "extra" : now[key] === undefined ? "gone" : "changed";
    return [{ ...itemOf(key), how }];
  });
}

const words = {
  extra: "is there and was not before",
  gone: "was there before and is gone",
  changed: "is not as it was before",
};

export const differenceText = ({ machine, kind, name, how }: Difference): string =>
  `${machine}: the ${kind} ${name} ${words[how]}`;

/** Without what lies in what was created: a folder that was created is removed, or kept, with everything in it; a namespace likewise. */
export const outermost = (differences: readonly Difference[]): Difference[] => {
  const made = new Set(
    differences
      .filter(({ how, kind }) => how === "extra" && ["file", "namespace"].includes(kind))
      .map(({ machine, kind, name }) => `${machine}\t${kind}\t${name}`),
  );
  return differences.filter(({ machine, kind, name }) => {
    const parts = name.split("/");
    if (isOfCluster(kind)) return parts.length < 2 || !made.has(`${machine}\tnamespace\t${parts[0]}`);
    return (
      kind !== "file" ||
      !parts.some((_, at) => at > 0 && made.has(`${machine}\tfile\t${parts.slice(0, at).join("/")}`))
    );
  });
};
