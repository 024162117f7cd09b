import { exitCode, LabwrightError } from "../errors.ts";
import { choose, shown } from "./nearest.ts";

/** The parts of JSON Schema that lab files use. */
export interface Schema {
  type?: string | readonly string[];
  description?: string;
  default?: unknown;
  enum?: readonly unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  anyOf?: readonly Schema[];
  additionalProperties?: boolean | Schema;
}

/**
 * The schema of a key, `machines.role`: a list stands for each of its items. Without a key, that of the whole file. Throws `no-such-key`
 * (exit code 2).
 */
export function schemaOf(whole: Schema, key = ""): Schema {
  const path = key.split(".").filter((part) => part !== "");
  return path.reduce((schema, part, at) => {
    const keys = keysOf(schema);
    const found = keys[part] ?? freeKeysOf(schema);
    if (found) return found;
    const above = path.slice(0, at).join(".");
    throw new LabwrightError({
      code: "no-such-key",
      message: `${above === "" ? "the lab file" : above} has no key "${part}"`,
      remedy:
        Object.keys(keys).length === 0
          ? `Run \`labwright explain ${above}\`: it has no keys.`
          : `For its keys: ${choose(part, Object.keys(keys))}.`,
      exit: exitCode.usage,
    });
  }, whole);
}

/** The keys of a map, of the items of a list, or of what else may stand there. */
export const keysOf = ({ properties, items, anyOf = [] }: Schema): Record<string, Schema> =>
  Object.assign({}, ...anyOf.map(keysOf), items && keysOf(items), properties);

/** What keys stand for that people name themselves. */
function freeKeysOf({ additionalProperties, items, anyOf = [] }: Schema): Schema | undefined {
  if (typeof additionalProperties === "object") return additionalProperties;
  return [...(items ? [items] : []), ...anyOf].map(freeKeysOf).find((one) => one !== undefined);
}

/** `string`, `list of maps`, `true or a map`: what may stand there. */
export function typeOf(schema: Schema): string {
  const { type, anyOf, items, minimum, maximum } = schema;
  if (schema.const !== undefined) return shown(schema.const);
  if (schema.enum) return schema.enum.map((one) => String(one)).join(" | ");
  if (anyOf) return [...new Set(anyOf.map(typeOf))].join(" or ");
  if (items) return `list of ${typeOf(items)}`;
  const name = typeof type === "string" ? (names[type] ?? type) : "any";
  // The largest integer of JavaScript says nothing.
  if (minimum === undefined || maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) return name;
  return `${name} from ${minimum} to ${maximum}`;
}

const names: Record<string, string> = { object: "map" };

/** A key for people, in the form of `kubectl explain`. Ends with a newline. */
export function explainText(key: string, schema: Schema): string {
  const keys = Object.entries(keysOf(schema));
  const required = new Set(requiredOf(schema));
  const rows = keys.flatMap(([name, one]) => [
    `  ${name}  <${typeOf(one)}>${required.has(name) ? "  required" : ""}`,
    ...(one.description === undefined ? [] : [`      ${one.description}`]),
  ]);
  return [
    ...(key === "" ? [] : [`KEY: ${key}  <${typeOf(schema)}>`, ""]),
    ...(schema.description === undefined ? [] : ["DESCRIPTION:", `  ${schema.description}`, ""]),
    ...(schema.default === undefined
      ? []
      : [
          "DEFAULT:",
          `  ${typeof schema.default === "string" ? schema.default : JSON.stringify(schema.default)}`,
          "",
        ]),
    ...(rows.length === 0 ? [] : ["KEYS:", ...rows, ""]),
  ]
    .slice(0, -1)
    .map((line) => `${line}\n`)
    .join("");
}

const requiredOf = ({ required = [], items, anyOf = [] }: Schema): readonly string[] => [
  ...required,
  ...(items ? requiredOf(items) : []),
  ...anyOf.flatMap(requiredOf),
];
