import { isRecord, pathText } from "./finding.ts";
import type { Path } from "./yaml.ts";

/** A file or a part of one that people write and a schema reads; findings use its words. */
export interface Form {
  /** The whole of it: `a lab file`. */
  whole: string;
  /** Its JSON Schema. */
  schema(): unknown;
  /** What to do if nothing better is known. */
  remedy: string;
  /** How it may begin. */
  example: string;
  /** The names of its places: `machines.*` is "a machine". */
  places?: Readonly<Record<string, string>>;
}

interface Keys {
  known: string[];
  required: string[];
}

/** The known keys at each place of a form; an index in a place is written `*`. */
export function keysOf({ schema }: Form): Map<string, Keys> {
  const found = new Map<string, Keys>();
  const visit = (schema: unknown, place: Path): void => {
    if (!isRecord(schema)) return;
    if (Array.isArray(schema.anyOf)) for (const one of schema.anyOf) visit(one, place);
    if (schema.items) visit(schema.items, [...place, "*"]);
    if (!isRecord(schema.properties)) return;
    const { known = [], required = [] } = found.get(pathText(place)) ?? {};
    found.set(pathText(place), {
      known: [...new Set([...known, ...Object.keys(schema.properties)])],
      required: [...required, ...(Array.isArray(schema.required) ? schema.required : [])],
    });
    for (const [key, below] of Object.entries(schema.properties)) visit(below, [...place, key]);
  };
  visit(schema(), []);
  return found;
}

/** A path in the notation of `keysOf`'s places. */
export const placeOf = (path: Path): string =>
  pathText(path.map((step) => (typeof step === "number" ? "*" : step)));

/** A path as people write it, and the whole by its name. */
export const named = (path: Path, { whole }: Form): string => (path.length === 0 ? whole : pathText(path));

/** Whether a key may be left out. */
export const hasDefault = (path: Path, form: Form): boolean =>
  !keysOf(form)
    .get(placeOf(path.slice(0, -1)))
    ?.required.includes(String(path.at(-1)));
