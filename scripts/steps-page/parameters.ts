import type { z } from "zod";

type Schema = z.core.JSONSchema.BaseSchema;

interface Row {
  name: string;
  schema: Schema;
  required: boolean;
}

/** The table of a step's parameters: one table for each form, and no table for a step without parameters. */
export function tablesOf(schema: Schema): string[] {
  if (schema.anyOf)
    return schema.anyOf.flatMap((form) => [asSchema(form).description ?? "", ...tablesOf(asSchema(form))]);
  const rows = rowsOf(schema, "");
  if (rows.length === 0) return [];
  const lines = rows.map(({ name, schema, required }) =>
    [`\`${name}\``, typeText(schema), defaultText(schema, required), schema.description ?? ""]
      .map((cell) => cell.replaceAll("|", "\\|"))
      .join(" | "),
  );
  return [
    ["parameter | type | default | meaning", "--- | --- | --- | ---", ...lines]
      .map((line) => `| ${line} |`)
      .join("\n"),
  ];
}

/** The parameters and, after each, the keys below it: `graded[].at`. */
export function rowsOf(schema: Schema, place: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const below = asSchema(value);
    const name = `${place}${key}`;
    const items = asSchema(below.items);
    return [
      { name, schema: below, required: schema.required?.includes(key) ?? false },
      ...(isClosed(below) ? rowsOf(below, `${name}.`) : []),
      ...(isClosed(items) ? rowsOf(items, `${name}[].`) : []),
    ];
  });
}

/** Whether its keys are the step's; those of a manifest are not. */
const isClosed = ({ properties, additionalProperties }: Schema): boolean =>
  properties !== undefined && additionalProperties === false;

function typeText(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map((form) => typeText(asSchema(form))).join(" or ");
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(", ");
  switch (schema.type) {
    case "string":
      return schema.format === "uri" ? "URL" : "text";
    case "boolean":
      return "true or false";
    case "integer":
      return `whole number${rangeText(schema)}`;
    case "array":
      return `list of ${pluralOf(typeText(asSchema(schema.items)))}`;
    case "object":
      return schema.properties ? "mapping" : `mapping of names to ${valueText(schema.additionalProperties)}`;
    default:
      return "anything";
  }
}

const pluralOf = (type: string): string =>
  type === "text" ? type : type.replace(/^(list|mapping)\b/, "$1s");

function valueText(values: Schema["additionalProperties"]): string {
  const type = typeText(asSchema(values));
  return type === "anything" ? "any values" : type;
}

/** zod gives a whole number the limits of JavaScript where the schema gives none. */
function rangeText({ minimum, maximum }: Schema): string {
  const ends = [minimum, maximum].map((end) =>
    Number.isSafeInteger((end ?? Infinity) + 1) ? end : undefined,
  );
  const [least, most] = ends;
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  return least === undefined ? "" : `, at least ${least}`;
}

function defaultText(schema: Schema, required: boolean): string {
  if (schema.default !== undefined) return `\`${JSON.stringify(schema.default)}\``;
  return required ? "required" : "none";
}

const asSchema = (schema: z.core.JSONSchema._JSONSchema | Schema["items"] | undefined): Schema =>
  typeof schema === "object" && !Array.isArray(schema) ? schema : {};
