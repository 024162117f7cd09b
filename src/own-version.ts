import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "./paths.ts";

/** This labwright's version: `0.1.0`. */
export const ownVersion: string = JSON.parse(
  readFileSync(join(packageFolder, "package.json"), "utf8"),
).version;
