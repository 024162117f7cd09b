import { readdir, readFile, readlink } from "node:fs/promises";

/**
 * How many inotify instances the root user of this computer may still open (inotify(7)): kubelet, container runtime and systemd each need some, and
 * root in containers is this user, unless the engine maps user ids. Undefined where that cannot be known: on other systems than Linux, and
 * for other users.
 */
export async function inotifyLeft(proc = "/proc"): Promise<number | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const most = await readFile(`${proc}/sys/fs/inotify/max_user_instances`, "utf8").catch(() => undefined);
  if (most === undefined) return undefined;
  const processes = (await readdir(proc)).filter((name) => /^\d+$/.test(name));
  const open = await Promise.all(processes.map((process) => instancesOf(`${proc}/${process}/fd`)));
  return Math.max(0, Number(most) - open.reduce((sum, one) => sum + one, 0));
}

/** A process may end meanwhile. */
async function instancesOf(folder: string): Promise<number> {
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => "")));
  return targets.filter((target) => target === "anon_inode:inotify").length;
}
