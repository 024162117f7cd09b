import { join } from "node:path";
import { $ } from "zx";

/** Seconds that a command takes; throws where it fails. */
export async function timed(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const run = $({ env, stdio: ["ignore", "ignore", "inherit"], nothrow: true });
  const { ok, exitCode, duration } = await run`${command} ${args}`;
  if (!ok) throw new Error(`${command} ${args.join(" ")} ended with ${exitCode}`);
  return duration / 1000;
}

/** Seconds that a command of labwright takes on a lab file. */
export const labwrightOn =
  (lab: string, env: NodeJS.ProcessEnv) =>
  (...args: string[]): Promise<number> =>
    timed(process.execPath, [join(import.meta.dirname, "../src/main.ts"), ...args, "--file", lab], env);
