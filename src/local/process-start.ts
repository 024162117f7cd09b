import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/**
 * When a process started: on Linux in clock ticks since the computer did (proc(5), field 22 of /proc/PID/stat),
 * elsewhere as a date. Undefined if there is no such process, or it is dead and not yet reaped.
 */
export function startOf(pid: number): string | undefined {
  return process.platform === "linux" ? startOnLinux(pid) : startByPs(pid);
}

export const isAlive = (pid: number, start: string): boolean => startOf(pid) === start;

/**
 * The owner of our process numbers: this boot of the kernel, and on Linux a container's namespace. Unlike a host's name it
 * does not change while a process lives. Undefined if the system does not report it.
 */
export function processSpace(): string | undefined {
  try {
    if (process.platform === "darwin")
      return execFileSync("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"], {
        encoding: "utf8",
        stdio: "pipe",
      }).trim();
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}

function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, and may have spaces and parentheses in it.
    const [state = "", ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return "ZX".includes(state) ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const env = { ...process.env, LC_ALL: "C" };
    const text = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env,
      stdio: "pipe",
    });
    return text.trim() || undefined;
  } catch {
    return undefined;
  }
}
