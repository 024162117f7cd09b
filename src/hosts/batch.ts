import { randomBytes } from "node:crypto";
import { LabwrightError } from "../errors.ts";
import { count } from "../wording.ts";
import { Command, quoted } from "./sh.ts";
import type { Host, Output, RunOptions } from "./types.ts";

/**
 * Runs many read-only commands in one round trip, in order, and equal commands once; each in its own subshell with an empty
 * standard input: an `exit`, `cd`, `exec` or `set -e` in one does not reach the next. Each has its own output and
 * exit code; standard error is dropped unless the command redirects it (`stderr` is always "").
 * Throws `batch-incomplete` if the shell itself ended early.
 */
export async function runAll(
  host: Host,
  commands: Readonly<Record<string, Command>>,
  options: Pick<RunOptions, "timeout" | "silence" | "signal"> = {},
): Promise<Record<string, Output>> {
  if (Object.keys(commands).length === 0) return {};
  const nonce = randomBytes(16).toString("hex");
  const once = [...new Map(Object.values(commands).map((one) => [one.reveal(), one])).values()];
  const script = batchScript(once, nonce);
  const { stdout } = await host.run(script, { ...options, accept: "any" });
  const outputs = parseBatch(stdout, nonce);
  const missing = once[outputs.length];
  if (missing !== undefined)
    throw new LabwrightError({
      code: "batch-incomplete",
      message: `${host.name}: the shell ended before it answered \`${missing}\``,
      remedy: "Find out what kills processes on that machine, then run the command again.",
    });
  const answers = new Map(once.map((one, i) => [one.reveal(), outputs[i] ?? noOutput]));
  return Object.fromEntries(
    Object.entries(commands).map(([name, one]) => [name, answers.get(one.reveal()) ?? noOutput]),
  );
}

const noOutput: Output = { code: 0, stdout: "", stderr: "" };

/** After each command's output comes the nonce, the command's index, its exit code, and a newline. */
export function batchScript(commands: readonly Command[], nonce: string): Command {
  const framed = (texts: readonly string[]) =>
    texts
      .map(
        (text, i) =>
          `( eval ${quoted(text)} ) </dev/null 2>/dev/null\nprintf '%s %s %s\\n' ${nonce} ${i} "$?"`,
      )
      .join("\n");
  return Command.of(
    framed(commands.map((command) => command.reveal())),
    count(commands.length, "probe"),
    commands.flatMap((command) => Command.secretsOf(command)),
  );
}

/** The outputs in the commands' order, as many as are complete. */
export function parseBatch(stdout: string, nonce: string): Output[] {
  const outputs: Output[] = [];
  for (let at = 0; ; ) {
    const mark = `${nonce} ${outputs.length} `;
    const end = stdout.indexOf(mark, at);
    const newline = stdout.indexOf("\n", end);
    if (end < 0 || newline < 0) return outputs;
    const code = Number.parseInt(stdout.slice(end + mark.length, newline), 10);
    outputs.push({ code, stdout: stdout.slice(at, end), stderr: "" });
    at = newline + 1;
  }
}
