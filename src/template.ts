import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./paths.ts";

/**
 * A file of templates/, with `{{ name }}` replaced by the value of that name. Throws for a name without a value, or a value
 * without a name in the text: both are mistakes in the step.
 */
export function template(path: string, values: Record<string, string | number | boolean> = {}): string {
  const text = readFileSync(join(packageFolder, "templates", path), "utf8");
  const used = new Set<string>();
  const filled = text.replace(/\{\{ ([\w]+) \}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`templates/${path} names "${name}", which has no value`);
    used.add(name);
    return String(value);
  });
  const unused = Object.keys(values).find((name) => !used.has(name));
  if (unused !== undefined) throw new TypeError(`templates/${path} does not name "${unused}"`);
  return filled;
}
