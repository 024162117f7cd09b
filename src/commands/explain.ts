import { explainText, type Schema, schemaOf } from "../lab/explain.ts";
import { labSchemaJson } from "../lab/schema.ts";
import { print, printJson } from "../ui/print.ts";

/** Explains a key of lab files. Connects to nothing, and reads no file. */
export function explain(key: string | undefined, { json = false }: { json?: boolean }): void {
  const schema = schemaOf(labSchemaJson() as Schema, key);
  if (json) printJson(schema, 2);
  else print(explainText(key ?? "", schema));
}
