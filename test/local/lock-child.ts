import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LabwrightError } from "../../src/errors.ts";
import { withLock } from "../../src/local/lock.ts";

/**
 * A run for the lock's tests: takes the lock of FOLDER at the time START (ms since the epoch), tells in LOG when it
 * has it and when it gives it back, and holds it for HOLD ms, or until SIGTERM. Waits for another holder for PATIENCE ms.
 * Exits with 7 if the lab is locked.
 */
const [folder = "", log = "", start = "0", hold = "0", patience = "0"] = process.argv.splice(2);
process.argv.push("up", "--file", "lab.yaml");
const tell = (word: string) => appendFileSync(log, `${word} ${process.pid}\n`);

const asked = new AbortController();
process.once("SIGTERM", () => asked.abort());

await sleep(Math.max(0, Number(start) - Date.now()));
try {
  const options = {
    code: "lab-locked",
    what: "the lab basics",
    patience: Number(patience),
    onWait: () => process.stdout.write("waiting\n"),
  };
  await withLock(join(folder, "lock"), options, async () => {
    tell("begin");
    process.stdout.write("locked\n");
    await sleep(Number(hold), undefined, { signal: asked.signal }).catch(() => undefined);
    tell("end");
  });
} catch (error) {
  if (!(error instanceof LabwrightError) || error.code !== "lab-locked") throw error;
  process.exitCode = 7;
}
