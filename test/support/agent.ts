import { execFileSync, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export interface Agent {
  /** What SSH_AUTH_SOCK is to be. */
  socket: string;
  close(): Promise<void>;
}

/** An SSH agent of the test's own that holds one key. */
export async function sshAgent(privateKey: string): Promise<Agent> {
  const folder = await mkdtemp(join(tmpdir(), "labwright-agent-"));
  const [socket, file] = [join(folder, "socket"), join(folder, "key")];
  await writeFile(file, privateKey);
  await chmod(file, 0o600);
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  for (let tries = 0; ; tries++) {
    try {
      execFileSync("ssh-add", ["-q", file], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: "pipe",
      });
      break;
    } catch (error) {
      if (tries > 100) throw error;
      await delay(20);
    }
  }
  return {
    socket,
    close: async () => {
      agent.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
