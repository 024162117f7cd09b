#!/usr/bin/env node
import { CommanderError } from "commander";
import { exitCode, LabwrightError } from "./errors.ts";
import { program } from "./program.ts";

async function main(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage;
      return;
    }
    const { chooseOutput } = await import("./ui/choose.ts");
    chooseOutput({ json: process.argv.includes("--json") }).printError(error);
    process.exitCode = error instanceof LabwrightError ? error.exit : exitCode.failed;
  }
}

// A reader that closes its end, as `| head` does, is no error of ours: what it wanted has been written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

await main();
