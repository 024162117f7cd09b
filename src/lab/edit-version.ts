import { access, constants, readFile, realpath, stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { LabwrightError, messageOf } from "../errors.ts";
import { replaceFile } from "../local/replace-file.ts";
import { isRecord } from "./finding.ts";
import { parseYaml } from "./yaml.ts";
import { type Document, type ParsedNode, sourcesOf, type YAMLMap, yamlLibrary } from "./yaml-source.ts";

/** A part of a text that is replaced by other text. */
interface Edit {
  from: number;
  to: number;
  text: string;
}

/**
 * Writes another `cluster.version` into a lab file, and changes nothing else in it. Throws `lab-file-edit`, which names the
 * line to write, if that cannot be done safely.
 */
export async function writeClusterVersion(file: string, version: string): Promise<void> {
  const path = await realpath(file);
  const text = await readFile(path, "utf8");
  const edited = withClusterVersion(text, version);
  if (edited === undefined)
    throw cannotEdit(file, { text, version, why: "it is not written in one place there" });
  try {
    await access(path, constants.W_OK);
    await replaceFile(path, edited, await stat(path));
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
export function withClusterVersion(text: string, version: string): string | undefined {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const source = text.slice(mark.length);
  const before = mappingIn(source);
  if (before === undefined) return undefined;
  const [document, second] = sourcesOf(source);
  const edit = second ? undefined : editOf(document, source, `version: "${version}"`);
  if (!edit) return undefined;
  const edited = `${source.slice(0, edit.from)}${edit.text}${source.slice(edit.to)}`;
  const cluster = isRecord(before.cluster) ? before.cluster : {};
  const wanted = { ...before, cluster: { ...cluster, version } };
  return isDeepStrictEqual(mappingIn(edited), wanted) ? `${mark}${edited}` : undefined;
}

/** The mapping that a text is; undefined if it is not one. A text of comments alone is an empty one. */
function mappingIn(text: string): Record<string, unknown> | undefined {
  const parsed = parseYaml(text, "the lab file");
  if ("problems" in parsed) return undefined;
  const value = parsed.document.value ?? {};
  return isRecord(value) ? value : undefined;
}

function editOf(document: Document.Parsed | undefined, text: string, entry: string): Edit | undefined {
  const { isMap, isScalar } = yamlLibrary();
  const root = document?.contents ?? null;
  if (root !== null && (!isMap<ParsedNode, ParsedNode | null>(root) || root.flow)) return undefined;
  const cluster = root && valueAt(root, "cluster");
  if (cluster === undefined || cluster === null) return appended(text, entry);
  if (!isMap<ParsedNode, ParsedNode | null>(cluster)) return undefined;
  const version = valueAt(cluster, "version");
  if (isScalar(version) && version.range)
    return { from: version.range[0], to: version.range[1], text: entry.replace("version: ", "") };
  return version === undefined ? inserted(cluster, text, entry) : undefined;
}

/** The value of a key; undefined if the mapping has no such key. */
function valueAt(map: YAMLMap<ParsedNode, ParsedNode | null>, name: string): ParsedNode | null | undefined {
  const { isScalar } = yamlLibrary();
  return map.items.find(({ key }) => isScalar(key) && key.value === name)?.value;
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

const lineEnd = (text: string): string => (text.includes("\r\n") ? "\r\n" : "\n");
