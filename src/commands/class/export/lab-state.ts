import { type Difference, differenceText, outermost } from "../../../recording/differences.ts";
import type { FoundThere } from "../../../recording/record.ts";
import { isOfCluster, keyOf } from "../../../recording/types.ts";
import type { Look } from "../../../session/look.ts";
import { count } from "../../../wording.ts";

/** A lab, compared with its baseline. */
export type Compared = Pick<Look, "found" | "differences" | "blind">;

/** Without what labwright itself has noted on the machines, which says nothing of the student's work. */
export const ofStudent = <T extends Compared>(seen: T): T => ({
  ...seen,
  differences: seen.differences.filter(({ kind, name }) => kind !== "file" || !name.startsWith(ownFiles)),
});

const ownFiles = "/var/lib/labwright/";

/** Of each machine, so many of the changed files are kept. */
export const mostFiles = 192;

/** What people type into shells and editors is kept in such files. */
export const hasCommands = (path: string): boolean =>
  /\/(\.?[a-z]*_?history|\.lesshst|\.viminfo)$/.test(path);

export interface ChosenFiles {
  /** Machine → paths of regular files of up to one mebibyte that are new or changed, in their order. */
  files: ReadonlyMap<string, readonly string[]>;
  /** Machine → how many more there are than are kept. */
  more: ReadonlyMap<string, number>;
}

/** The files whose contents are kept; those with what the student typed only if the student agreed. */
export function chosenFiles({ found, differences }: Compared, agreed: boolean): ChosenFiles {
  const small = new Set(found.filter(isSmallFile).map(keyOf));
  const changed = differences.filter(
    (one) => one.kind === "file" && small.has(keyOf(one)) && (agreed || !hasCommands(one.name)),
  );
  const paths = [...Map.groupBy(changed, ({ machine }) => machine)].map(
    ([machine, items]): [string, string[]] => [machine, items.map(({ name }) => name)],
  );
  return {
    files: new Map(paths.map(([machine, names]) => [machine, names.slice(0, mostFiles)])),
    more: new Map(
      paths.flatMap(([machine, { length }]) =>
        length > mostFiles ? [[machine, length - mostFiles] as [string, number]] : [],
      ),
    ),
  };
}

/** Of larger files, size and time are recorded instead of a hash. A line's end in a name would end it in a list. */
const isSmallFile = ({ kind, name, value }: FoundThere): boolean =>
  kind === "file" && /^f .* [0-9a-f]{16}$/s.test(value) && !name.includes("\n");

/** A difference; of an object of the cluster, its manifest in JSON too, unless it is gone. */
export type KeptDifference = Difference & { content?: string };

/** The differences, with the manifests of objects that are new or changed. */
export function withContents({ found, differences }: Compared): KeptDifference[] {
  const contents = new Map(
    found.flatMap(({ content, ...one }) =>
      content !== undefined && isOfCluster(one.kind) ? [[keyOf(one), content] as [string, string]] : [],
    ),
  );
  return differences.map((one) => {
    const content = contents.get(keyOf(one));
    return { ...one, ...(content !== undefined && { content }) };
  });
}

/** The same for people, a line each. Ends with a newline. */
export function changesText(
  { differences, blind }: Compared,
  { more }: ChosenFiles,
  recorded: string,
): string {
  const lines = [
    ...blind.map(({ machine, why }) => `${machine} ${why}`),
    ...outermost(differences).map(differenceText),
    ...[...more].map(
      ([machine, files]) => `${machine}: ${count(files, "more file")} changed, without a copy here`,
    ),
  ];
  if (lines.length === 0) return `The lab is as it was on ${recorded}.\n`;
  return `Compared with the baseline of ${recorded}:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
