import type { CloudChoice } from "../../lab/cloud.ts";
import type { Program } from "./program.ts";

/** Loads a cloud's program: infra/pulumi/<cloud>.ts, or its compiled form in the package. */
export async function loadProgram(cloud: CloudChoice["name"]): Promise<Program> {
  const isSource = import.meta.url.endsWith(".ts");
  const file = isSource ? `../../../infra/pulumi/${cloud}.ts` : `../../infra/pulumi/${cloud}.js`;
  return import(new URL(file, import.meta.url).href);
}
