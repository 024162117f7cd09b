import { constants } from "node:os";
import { join } from "node:path";
import { $, ProcessOutput, type ProcessPromise } from "zx";

/** What `.ci/run` does once npm's packages are installed. */
const options = { cwd: join(import.meta.dirname, ".."), stdio: "inherit" } as const;
const terminated = new AbortController();
let received: "SIGINT" | "SIGTERM" | undefined;
// A terminal sends its SIGINT to the running stage too, which then cleans up; a SIGTERM reaches this process only.
process.on("SIGINT", () => {
  received = "SIGINT";
});
process.on("SIGTERM", () => {
  received = "SIGTERM";
  terminated.abort();
});

/** Throws a ProcessOutput if the command fails, and after a signal. */
function stage(command: TemplateStringsArray): ProcessPromise {
  if (received) throw ProcessOutput.fromError(new Error(`stopped by ${received}`));
  return $({ ...options, signal: terminated.signal })(command);
}

async function labs(): Promise<void> {
  await stage`npm start`;
  await stage`node src/main.ts down`;
  const incus = await stage`node src/main.ts doctor --fix --provider incus`.nothrow();
  if (!incus.ok) console.log("no Incus here: its tests are skipped by name");
  // The cloud's and Vagrant's contracts take minutes each; their labs are in the long matrices, `npm run e2e:all`.
  await stage`LABWRIGHT_CONTRACT=quick npm run contract`;
  await stage`npm run e2e`;
}

try {
  await stage`npm test`;
  // Only package registries answer here: programs are compiled, and a job has to say that it may take that long.
  process.env.LABWRIGHT_SOURCE = "modules";
  try {
    await labs();
  } finally {
    // The engines that the stages may have started are ours alone; those that were there before stay.
    await $(options)`node src/main.ts doctor --stop-engine`;
  }
} catch (error) {
  if (!(error instanceof ProcessOutput)) throw error;
  process.exitCode = received ? 128 + constants.signals[received] : (error.exitCode ?? 1);
  console.error(error.message);
}
