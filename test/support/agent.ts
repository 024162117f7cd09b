import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface Agent {
  /** What SSH_AUTH_SOCK is to be. */
  socket: string;
  /** Gives it one more key, behind those that it has. */
  add(privateKey: string): void;
  close(): Promise<void>;
}

/** An SSH agent of the test's own that holds one key. */
export async function sshAgent(privateKey: string): Promise<Agent> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-agent-"));
  const socket = join(folder, "socket");
  const add = (key: string) =>
    execFileSync("ssh-add", ["-q", "-"], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      input: key,
      stdio: "pipe",
    });
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  for (let tries = 0; ; tries++) {
    try {
      add(privateKey);
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await delay(20);
    }
  }
  return {
    socket,
    add,
    close: async () => {
      agent.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
