import { writeFileSync } from "node:fs";
import { LabwrightError } from "../../../src/errors.ts";
import { askSecret, canAsk } from "../../../src/ui/secret.ts";

/** Asks on its terminal, and writes what was typed into the file that OUT names. */
try {
  if (canAsk()) writeFileSync(process.env.OUT ?? "", await askSecret("sudo password: "));
} catch (error) {
  process.exitCode = error instanceof LabwrightError ? error.exit : 1;
}
