import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "../contract/hosts-sshd.ts";

const main = join(import.meta.dirname, "../../src/main.ts");

/** `labwright board`, once it serves, with the instructor's token. */
export interface BoardProgram {
  child: ChildProcess;
  token: string;
  /** Its exit code and signal. */
  exited: Promise<unknown[]>;
}

/** Starts the command in the folder of a class file. */
export async function startBoardProgram(
  folder: string,
  port: number,
  env: NodeJS.ProcessEnv = process.env,
): Promise<BoardProgram> {
  const ports = ["--port", String(port), "--page-port", String(await freePort())];
  const child = spawn(process.execPath, [main, "board", ...ports], { cwd: folder, env });
  const exited = once(child, "exit");
  let printed = "";
  for await (const part of child.stdout ?? []) {
    printed += part;
    const token = /\/#(\S+)\n/.exec(printed)?.[1];
    if (token !== undefined) return { child, token, exited };
  }
  throw new Error("the board has not started");
}
