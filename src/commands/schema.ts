import { labSchemaJson } from "../lab/schema.ts";

/** Prints the JSON Schema of lab files. */
export function schema(): void {
  process.stdout.write(`${JSON.stringify(labSchemaJson(), null, 2)}\n`);
}
