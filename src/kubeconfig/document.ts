import { isDeepStrictEqual } from "node:util";
import { LabwrightError } from "../errors.ts";
import { readYaml, writeYaml } from "../lab/yaml.ts";

/** The lists of a kubeconfig, in which each item has a `name`. */
export const sections = ["clusters", "contexts", "users"] as const;
export type Section = (typeof sections)[number];

export type Fields = { [key: string]: unknown };
export type Item = Fields & { name: string };

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isItem = (value: unknown): value is Item => isFields(value) && typeof value.name === "string";

/** Reads a kubeconfig; an empty text gives an empty one. Throws FileProblems if it is not YAML, else a LabwrightError. */
export function readDocument(text: string, file = "the kubeconfig"): Fields {
  const root = readYaml(text, file).value ?? {};
  if (!isFields(root)) throw notKubeconfig(file, "it is not a mapping");
  for (const section of sections) {
    const list = root[section] ?? [];
    if (!Array.isArray(list) || !list.every(isItem))
      throw notKubeconfig(file, `"${section}" is not a list of named entries`);
  }
  return root;
}

const notKubeconfig = (file: string, why: string): LabwrightError =>
  new LabwrightError({
    code: "kubeconfig-shape",
    message: `${file} is not a kubeconfig: ${why}`,
    remedy: "Correct the file, or set the environment variable KUBECONFIG to another one.",
  });

export function itemsOf(root: Fields, section: Section): Item[] {
  const list = root[section];
  return Array.isArray(list) ? list.filter(isItem) : [];
}

export const itemNamed = (root: Fields, section: Section, name: string): Item | undefined =>
  itemsOf(root, section).find((item) => item.name === name);

/** Whether two kubeconfigs are equal: a list that is absent, null or empty has nothing in it. */
export function sayTheSame(one: Fields, other: Fields): boolean {
  const filled = (root: Fields): Fields => ({
    ...root,
    ...Object.fromEntries(sections.map((section) => [section, root[section] ?? []])),
  });
  return isDeepStrictEqual(filled(one), filled(other));
}

/** The whole as a new text, in the format of the old one: JSON stays JSON with its indentation. */
export function rewritten(root: Fields, old: string): string {
  if (!isJson(old)) return writeYaml(root);
  const indentation = /\n([ \t]+)"/.exec(old)?.[1];
  return JSON.stringify(root, undefined, indentation) + (old.endsWith("\n") ? "\n" : "");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
