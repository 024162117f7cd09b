import { labSchemaJson } from "../lab/schema.ts";
import { printJson } from "../ui/print.ts";

/** Prints the JSON Schema of lab files. */
export function schema(): void {
  printJson(labSchemaJson(), 2);
}
