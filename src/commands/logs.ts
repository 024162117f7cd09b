import { exitCode, LabwrightError } from "../errors.ts";
import { type Command, sh } from "../hosts/sh.ts";
import { nodeProgram } from "../kubernetes/node-programs.ts";
import { choose } from "../lab/nearest.ts";
import { connectInventory } from "../session/inventory.ts";
import { type LabOptions, openSession } from "../session/session.ts";
import { print } from "../ui/print.ts";
import { prefixed } from "../ui/text.ts";
import { listed } from "../wording.ts";

export interface LogsOptions extends LabOptions {
  /** The one machine that is asked; absent: all that run. */
  machine?: string;
  /** How many lines of each log, the last ones. */
  lines: number;
}

/** Exit code of the command below if the machine has nothing of that name. */
const absent = 44;

/**
 * Prints the end of logs: of a machine its journal; of anything else the journal of the systemd unit, or the logs of the containers, that are
 * called so, on every machine. Containers are asked of the container runtime: an API server that does not answer has logs, too.
 */
export async function logs(what: string, options: LogsOptions): Promise<void> {
  const { lab, provider, signal } = await openSession(options);
  const known = lab.machines.map(({ name }) => name);
  if (options.machine !== undefined && !known.includes(options.machine))
    throw noSuchMachine(options.machine, known);
  const isMachine = options.machine === undefined && known.includes(what);
  const inventory = await connectInventory(lab, provider, signal);
  try {
    const asked = isMachine ? [what] : options.machine === undefined ? known : [options.machine];
    const running = asked.filter((name) => !inventory.absent.has(name));
    const command = isMachine ? journal(options.lines) : logsOf(what, options.lines);
    const outputs = await Promise.all(
      running.map(async (machine) => ({
        machine,
        ...(await (await inventory.host(machine)).run(command, { accept: "any" })),
      })),
    );
    const found = outputs.filter(({ code }) => code !== absent);
    if (found.length === 0) throw noSuchLog(what, running);
    for (const { machine, stdout, stderr } of found)
      print(found.length === 1 ? `${stdout}${stderr}` : prefixed(machine, stdout, stderr));
  } finally {
    await inventory.close();
  }
}

const journal = (lines: number): Command => sh`journalctl --no-pager --lines ${lines}`;

/** Of a unit; else of the containers that run, or of the last one that did. */
const logsOf = (name: string, lines: number): Command => sh`
  if systemctl cat -- ${name} >/dev/null 2>&1; then
    journalctl --no-pager --lines ${lines} --unit ${name}
    exit
  fi
  crictl=${nodeProgram("crictl")}
  named=${`^${name.replaceAll(/[^\w-]/g, "\\$&")}$`}
  ids=$($crictl ps --name "$named" --quiet 2>/dev/null)
  [ -n "$ids" ] || ids=$($crictl ps --all --name "$named" --quiet 2>/dev/null | head -n 1)
  [ -n "$ids" ] || exit ${absent}
  for id in $ids; do $crictl logs --tail ${lines} "$id" 2>&1; done`;

const noSuchMachine = (name: string, known: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "machine-absent",
    message: `the lab has no machine "${name}"`,
    remedy: `For --machine: ${choose(name, known)}.`,
    exit: exitCode.usage,
  });

const noSuchLog = (what: string, machines: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "no-such-log",
    message:
      machines.length === 0
        ? `the machines that could have logs of "${what}" are not running`
        : `could not find a systemd unit or container called "${what}" on ${listed(machines)}`,
    remedy:
      "Name a machine, a unit such as kubelet, or a container such as kube-apiserver: `labwright ssh MACHINE crictl ps` lists containers. `labwright status` says which machines run.",
  });
