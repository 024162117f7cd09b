import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differs, type Result, same } from "./check.ts";
import { root } from "./where.ts";

const command = "labwright smoke";

/** Builds, verifies and deletes one real cluster from upstream; its own report goes to standard error. */
export async function cluster(): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-verify-lab-"));
  try {
    const file = join(folder, "lab.yaml");
    await writeFile(file, "name: verify-upstream\nsource: upstream\n");
    const words = [join(root, "src/main.ts"), "smoke", "--file", file];
    const child = spawn(process.execPath, words, { stdio: ["ignore", 2, 2] });
    const code = await new Promise((done) => child.on("close", done));
    return {
      name: "One real cluster is built",
      assumes: "a lab with `source: upstream` is built, verified and deleted",
      places: ["all of the above"],
      findings: [
        code === 0
          ? same(`${command} has passed`)
          : differs(`${command} ended with ${code}`, "read its report above: it names the task that failed"),
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
