import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { exitCode, isCode, LabwrightError } from "../errors.ts";
import { type InitOptions, initText } from "../lab/init.ts";
import { print } from "../ui/print.ts";

/** Writes a lab file to start from; never overwrites one. */
export async function init(file: string, options: InitOptions = {}): Promise<void> {
  const folder = basename(resolve(file, ".."))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 30);
  await writeFile(file, initText(folder || "basics", options), { flag: "wx" }).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new LabwrightError({
        code: "not-written",
        message: isCode(cause, "EEXIST")
          ? `${file} exists already`
          : `${file} cannot be written: ${cause.message}`,
        remedy: "Name another file: `labwright init other.yaml`.",
        cause,
        exit: exitCode.usage,
      });
    },
  );
  print(`${file} is written. Run \`labwright up\` to create the lab.\n`);
}
