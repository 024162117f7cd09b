import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sh } from "../../hosts/sh.ts";
import { processesHere, signal, wordsOf } from "../../local/processes.ts";
import { findEngine } from "../docker/engine.ts";

/** The Vagrantfile gives it to every container: its value is the folder of Vagrant's state, so that no other's is touched. */
const label = "labwright.vagrant";

/** How long a Vagrant that was left alone may take to tidy up, in milliseconds. */
const grace = 30_000;

export interface VagrantCommand {
  pid: number;
  /** `up`, `destroy` … */
  command: string;
}

/** The Vagrant commands that run on this computer; with `folder`, on the state in it alone. Linux only; elsewhere none are known. */
export async function vagrantsHere(folder?: string): Promise<VagrantCommand[]> {
  const commands = await Promise.all(
    (await processesHere()).map(async (pid): Promise<VagrantCommand[]> => {
      const words = await wordsOf(pid, "cmdline");
      const at = words.findIndex((word) => /(^|\/)vagrant$/.test(word));
      if (at < 0) return [];
      if (folder !== undefined && !(await wordsOf(pid, "environ")).includes(`VAGRANT_DOTFILE_PATH=${folder}`))
        return [];
      return [{ pid, command: words[at + 1] ?? "" }];
    }),
  );
  return commands.flat();
}

/**
 * Ends what a killed run has left: a Vagrant that still works on the lab (it is asked to stop, and gets time to tidy up,
 * then is killed), and containers that it made and did not write down. Only for who holds the lab's lock. Answers what
 * was mended, in words.
 */
export async function settle(folder: string): Promise<string[]> {
  const left = await vagrantsHere(folder);
  for (const { pid } of left) signal(pid, "SIGINT");
  for (const until = Date.now() + grace; Date.now() < until; await sleep(100))
    if ((await vagrantsHere(folder)).length === 0) break;
  for (const { pid } of await vagrantsHere(folder)) signal(pid, "SIGKILL");
  return [
    ...left.map(({ pid, command }) => `vagrant ${command} of a killed run (process ${pid}) was stopped`),
    ...(await removeStrays(folder)),
  ];
}

async function removeStrays(folder: string): Promise<string[]> {
  const engine = await findEngine();
  if (!engine) return [];
  const format = "{{.ID}}\t{{.Names}}";
  const rows = await engine.docker.list(
    sh`ps --all --no-trunc --filter ${`label=${label}=${folder}`} --format ${format}`,
  );
  const known = await knownIds(folder);
  const strays = rows.map((row) => row.split("\t")).filter(([id = ""]) => !known.includes(id));
  if (strays.length === 0) return [];
  await engine.docker.run(sh`rm --force --volumes ${strays.map(([id = ""]) => id)}`);
  return strays.map(([, name]) => `container ${name} of a killed run was removed`);
}

/** What Vagrant has written down: `machines/<name>/<provider>/id`. */
async function knownIds(folder: string): Promise<string[]> {
  const machines = join(folder, "machines");
  const files = await readdir(machines, { recursive: true }).catch((): string[] => []);
  const ids = files.filter((file) => /^[^/]+\/[^/]+\/id$/.test(file));
  return Promise.all(ids.map((file) => readFile(join(machines, file), "utf8").catch(() => "")));
}
