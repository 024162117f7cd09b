import type { Client } from "ssh2";
import { exitCode, LabwrightError } from "../errors.ts";
import type { Ending } from "./channel.ts";
import { inOwnEnvironment } from "./environment.ts";
import { noiseLimit } from "./execute.ts";
import { announced, bootstrap } from "./program.ts";
import { quoted } from "./sh.ts";
import { lost, startFailure, sudoPrompt, wantsTerminal } from "./ssh-errors.ts";
import type { Access } from "./types.ts";

/** How to get a POSIX sh as root: what sshd executes, and what is written to it first. */
export interface WayToRoot {
  line: string;
  preamble: string;
}

/** sudo's own pause after a wrong password is 2 s or so; a machine that takes longer than this is not answering. */
const patience = 30_000;

/**
 * Tries sudo once, with nothing after a password that a second question could take for another attempt: so a wrong one
 * costs a single failed attempt, and later commands may send it and their program in one go. Returns the way on which
 * the bootstrap runs as root, which for a sudo that wants a terminal is through one.
 */
export async function wayToRoot(
  name: string,
  client: Client,
  access: Access,
  signal?: AbortSignal,
): Promise<WayToRoot> {
  if (access.user === "root" || access.sudo.kind === "none") return { line: shell(main), preamble: "" };
  const direct = await attempt(name, client, way(access, "exit 0", false), signal);
  if (direct.ending.code === 0) return way(access, main, false);
  if (!wantsTerminal(direct.said)) throw startFailure(name, access, direct.said, direct.ending);
  const inTerminal = await attempt(name, client, way(access, "exit 0", true), signal);
  if (inTerminal.ending.code === 0) return way(access, main, true);
  const said = inTerminal.said || direct.said;
  throw startFailure(name, access, said, inTerminal.ending);
}

const main = `cd /; ${bootstrap}`;
const shell = (program: string): string => `${inOwnEnvironment} /bin/sh -c '${program}'`;

/**
 * sudo prints English, so that its messages are recognised. It gives the shell its own variables and those of
 * /etc/environment (pam_env), so that the shell's environment is set after it once more.
 */
function way({ sudo }: Access, program: string, terminal: boolean): WayToRoot {
  const flags = sudo.kind === "password" ? `-S -H -p ${sudoPrompt}` : "-n -H";
  const line = `${inOwnEnvironment} sudo ${flags} -- ${shell(program)}`;
  const password = sudo.kind === "password" ? `${sudo.password}\n` : "";
  if (!terminal) return { line, preamble: password };
  return { line: shell(main), preamble: `${announced(throughTerminal(line))}${password}` };
}

/**
 * A program that runs a command line on its own terminal, by script(1), and still with our streams, so that
 * no terminal changes a byte: sudo's `requiretty` only asks for a terminal. It makes script(1) use a POSIX
 * shell, whatever the user's login shell is.
 */
const throughTerminal = (line: string): string =>
  `exec 3<&0 4>&1 5>&2
command -v script >/dev/null || { echo 'sudo wants a tty, and script(1) is not installed' >&2; exit 127; }
SHELL=/bin/sh exec script -qec ${quoted(`${line} <&3 >&4 2>&5 3<&- 4>&- 5>&-`)} /dev/null </dev/null >/dev/null 2>&1
`;

/** Runs a line to its end, and returns all that it printed. */
function attempt(
  name: string,
  client: Client,
  { line, preamble }: WayToRoot,
  signal?: AbortSignal,
): Promise<{ said: string; ending: Ending }> {
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
      let received = 0;
      for (const output of [stream, stream.stderr])
        output.on("data", (chunk: Buffer) => {
          said = (said + chunk.toString()).slice(-16 * 1024);
          received += chunk.length;
          if (received <= noiseLimit) return;
          settle(() => resolve({ said: `${said}\nendless output`, ending: {} }));
          stream.close();
        });
      stream.on("error", () => {});
      stream.on("close", (code: number | null | undefined, by?: string) =>
        settle(() => {
          if (code === undefined) reject(lost(name));
          else resolve({ said, ending: code === null ? { signal: by ?? "" } : { code } });
        }),
      );
      stream.end(preamble);
    });
  });
}

const silent = (name: string): LabwrightError =>
  new LabwrightError({
    code: "sudo-refused",
    message: `${name}: sudo did not answer within ${patience / 1000} s`,
    remedy: "Find out on the machine what sudo waits for: a name server, or a login module.",
  });

const stopped = (name: string): LabwrightError =>
  new LabwrightError({
    code: "interrupted",
    message: `${name}: connecting was interrupted`,
    remedy: "Run the same command again.",
    exit: exitCode.interrupted,
  });
