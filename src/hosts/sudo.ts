import type { Client } from "ssh2";
import { exitCode, LabwrightError } from "../errors.ts";
import { lost, startFailure, sudoPrompt } from "./ssh-errors.ts";
import type { Access } from "./types.ts";

/** sudo's own pause after a wrong password is 2 s or so; a machine that takes longer than this is not answering. */
const patience = 30_000;

/**
 * Tries the sudo password once, with nothing after it that a second question could take for another attempt.
 * So a wrong one costs a single failed attempt, and commands later may send it and their program in one go.
 */
export function checkSudoPassword(
  name: string,
  client: Client,
  access: Access,
  password: string,
  signal?: AbortSignal,
): Promise<void> {
  const line = `env LC_ALL=C sudo -S -H -p ${sudoPrompt} -- sh -c 'exit 0'`;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(silent(name)), patience);
    const abort = () => reject(stopped(name));
    signal?.addEventListener("abort", abort, { once: true });
    const settle = (work: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      work();
    };
    client.exec(line, (error, stream) => {
      if (error) return settle(() => reject(lost(name, error)));
      let said = "";
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      stream.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
      stream.on("close", (code: number | null | undefined, by?: string) =>
        settle(() => {
          if (code === 0) resolve();
          else if (code === undefined) reject(lost(name));
          else reject(startFailure(name, access, said, code === null ? { signal: by ?? "" } : { code }));
        }),
      );
      stream.end(`${password}\n`);
    });
  });
}

const silent = (name: string): LabwrightError =>
  new LabwrightError({
    code: "sudo-refused",
    message: `${name}: sudo did not answer within ${patience / 1000} s`,
    remedy: "See on the machine what sudo waits for: a name server, or a login module.",
  });

const stopped = (name: string): LabwrightError =>
  new LabwrightError({
    code: "interrupted",
    message: `${name}: connecting was interrupted`,
    remedy: "Run the same command again.",
    exit: exitCode.interrupted,
  });
