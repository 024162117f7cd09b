import { readFile } from "node:fs/promises";
import { LabwrightError, messageOf } from "../errors.ts";
import { type Edit, lineEnd, nodeAt, withEdit } from "./edit.ts";
import { isRecord } from "./finding.ts";
import { rewrite } from "./rewrite.ts";
import { parseYaml } from "./yaml.ts";
import { type Document, type ParsedNode, type YAMLMap, yamlLibrary } from "./yaml-source.ts";

/**
 * Writes another `cluster.version` into a lab file, and changes nothing else in it. Throws `lab-file-edit`, which names the
 * line to write, if that cannot be done safely.
 */
export async function writeClusterVersion(file: string, version: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const edited = withClusterVersion(text, version);
  if (edited === undefined)
    throw cannotEdit(file, { text, version, why: "it is not written in one place there" });
  try {
    await rewrite(file, edited);
  } catch (cause) {
    throw cannotEdit(file, { text, version, why: messageOf(cause), cause });
  }
}

function cannotEdit(
  file: string,
  { text, version, why, cause }: { text: string; version: string; why: string; cause?: unknown },
): LabwrightError {
  const parsed = parseYaml(text, file);
  const line = "problems" in parsed ? 1 : parsed.document.positionOf(["cluster", "version"]).line;
  return new LabwrightError({
    code: "lab-file-edit",
    message: `cannot change cluster.version in ${file}:${line}: ${why}`,
    remedy: `Write \`version: "${version}"\` below \`cluster:\` there, then run \`labwright up\`.`,
    cause,
  });
}

/**
 * The text of a lab file with another `cluster.version`; every other byte stays, comments too. Undefined if that cannot be
 * done: the version is an alias, or the file is written in a way that one edit in one place does not reach.
 */
export const withClusterVersion = (text: string, version: string): string | undefined =>
  withEdit(
    text,
    (document, source) => editOf(document, source, `version: "${version}"`),
    (before) => {
      const cluster = isRecord(before.cluster) ? before.cluster : {};
      return { ...before, cluster: { ...cluster, version } };
    },
  );

function editOf(document: Document.Parsed | undefined, text: string, entry: string): Edit | undefined {
  const { isMap, isScalar } = yamlLibrary();
  const root = document?.contents ?? null;
  if (root !== null && (!isMap<ParsedNode, ParsedNode | null>(root) || root.flow)) return undefined;
  const cluster = root && nodeAt(root, "cluster");
  if (cluster === undefined || cluster === null) return appended(text, entry);
  if (!isMap<ParsedNode, ParsedNode | null>(cluster)) return undefined;
  const version = nodeAt(cluster, "version");
  if (isScalar(version) && version.range)
    return { from: version.range[0], to: version.range[1], text: entry.replace("version: ", "") };
  return version === undefined ? inserted(cluster, text, entry) : undefined;
}

/** Before the mapping's first key, in the mapping's own style. */
function inserted(
  map: YAMLMap<ParsedNode, ParsedNode | null>,
  text: string,
  entry: string,
): Edit | undefined {
  const [from, to] = map.range ?? [0, 0];
  const first = map.items[0]?.key.range?.[0];
  if (first === undefined) return { from, to, text: `{ ${entry} }` };
  if (map.flow) return { from: first, to: first, text: `${entry}, ` };
  const indent = text.slice(text.lastIndexOf("\n", first - 1) + 1, first);
  return { from: first, to: first, text: `${entry}${lineEnd(text)}${indent}` };
}

function appended(text: string, entry: string): Edit {
  const end = lineEnd(text);
  const gap = text === "" || text.endsWith("\n") ? "" : end;
  return { from: text.length, to: text.length, text: `${gap}cluster:${end}  ${entry}${end}` };
}
