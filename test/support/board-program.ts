import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { freePort } from "../contract/hosts-sshd.ts";

const main = join(import.meta.dirname, "../../src/main.ts");

/** `labwright board`, once it serves, with the addresses that it prints. */
export interface BoardProgram {
  child: ChildProcess;
  token: string;
  /** The address of what labs serve. */
  pages: string;
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
    const [, token, pages] = /\/#(\S+)\n[\s\S]*?\n {4}(http\S+)\n/.exec(printed) ?? [];
    if (token !== undefined && pages !== undefined) return { child, token, pages, exited };
  }
  throw new Error("the board has not started");
}
