import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "zx";
import { differs, type Result, same } from "./check.ts";
import { root } from "./where.ts";

const command = "labwright smoke";

/** Builds, verifies and deletes one real cluster from upstream; its own report goes to standard error. */
export async function cluster(): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-verify-lab-"));
  try {
    const file = join(folder, "lab.yaml");
    await writeFile(file, "name: verify-upstream\nsource: upstream\n");
    const run = $({ stdio: ["ignore", 2, 2], nothrow: true });
    const { ok, exitCode } = await run`${process.execPath} ${join(root, "src/main.ts")} smoke --file ${file}`;
    return {
      name: "One real cluster is built",
      assumes: "a lab with `source: upstream` is built, verified and deleted",
      places: ["all of the above"],
      findings: [
        ok
          ? same(`${command} has passed`)
          : differs(
              `${command} ended with ${exitCode}`,
              "read its report above: it names the task that failed",
            ),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
