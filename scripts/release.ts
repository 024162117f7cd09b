import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { $ } from "zx";
import { type Facts, problemsOf, publishArguments } from "./release/readiness.ts";

const usage = `Usage: npm run release -- [--publish] [--skip-tests] [--folder CLONE]
Checks that the clone can be released, runs the tests, and packs the package. Uploads nothing without --publish.`;

const { values } = parseArgs({
  options: {
    publish: { type: "boolean", default: false },
    "skip-tests": { type: "boolean", default: false },
    folder: { type: "string", default: join(import.meta.dirname, "..") },
    help: { type: "boolean", default: false },
  },
});
const { publish, folder } = values;

if (values.help) console.log(usage);
else if (publish && values["skip-tests"]) fail("--skip-tests is for dry runs");
else await release();

async function release(): Promise<void> {
  const inFolder = $({ cwd: folder });
  const problems = problemsOf(await facts(), { publish });
  for (const { message, remedy } of problems) console.error(`${message}\n    ${remedy}`);
  // A dry run shows everything that would stop a release; a real one stops before anything is built.
  if (publish && problems.length > 0) return fail(`not released: ${problems.length} problems`);
  const shown = inFolder({ stdio: "inherit" });
  if (!values["skip-tests"]) await shown`npm test`;
  await shown`npm ${publishArguments({ publish })}`;
  if (problems.length > 0) return fail(`a release would stop here: ${problems.length} problems, see above`);
  console.log(publish ? "published" : "ready: the workflow `release` publishes it");

  async function facts(): Promise<Facts> {
    const read = async (file: string) => readFile(join(folder, file), "utf8");
    const said = async (output: Promise<{ stdout: string }>) => (await output).stdout.trimEnd();
    return {
      status: await said(inFolder`git status --porcelain`),
      branch: await said(inFolder`git branch --show-current`),
      tags: (await said(inFolder`git tag --list`)).split("\n"),
      manifest: JSON.parse(await read("package.json")),
      lockVersion: JSON.parse(await read("package-lock.json")).version,
      changelog: await read("CHANGELOG.md"),
      hasIdentity: Boolean(process.env.ACTIONS_ID_TOKEN_REQUEST_URL || process.env.SIGSTORE_ID_TOKEN),
    };
  }
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
