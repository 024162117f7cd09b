import { tasksOf } from "../engine/graph.ts";
import { observe } from "../engine/observe.ts";
import { assertPossible } from "../engine/refuse.ts";
import { exitCode, LabwrightError } from "../errors.ts";
import { assertNotInterrupted } from "../interruption.ts";
import { presentVersions, type VersionFacts, wantedVersions } from "../kubernetes/component-versions.ts";
import { writeClusterVersion } from "../lab/edit-version.ts";
import { versionFlaw } from "../lab/kubernetes-version.ts";
import { controlPlanesFirst } from "../lab/roles.ts";
import { type ConnectedInventory, connectInventory } from "../session/inventory.ts";
import { type ConfirmedOptions, openSession, readLab, type Session } from "../session/session.ts";
import { isConfirmed } from "../ui/confirm.ts";
import { print } from "../ui/print.ts";
import { up } from "./up.ts";
import { changesOf, type MachineUpgrade, upgradeText } from "./upgrade/text.ts";

export interface UpgradeOptions extends ConfirmedOptions {
  /** The release, as `cluster.version` names it. */
  to: string;
}

/**
 * Shows what another release of Kubernetes changes, asks, writes it into the lab file, and then does what `up` does: the lab
 * file is the truth, so that `up` continues an upgrade that was interrupted.
 */
export async function upgrade({ to, yes, ...options }: UpgradeOptions): Promise<void> {
  const flaw = versionFlaw(to);
  if (flaw)
    throw new LabwrightError({
      code: "upgrade-version",
      message: `cannot upgrade: ${flaw.message}`,
      remedy: `For --to: ${flaw.remedy}.`,
      exit: exitCode.usage,
    });
  const session = await openSession({ ...options, version: to });
  const machines = await upgradesOf(session);
  const isDone = machines.every((machine) => changesOf(machine).length === 0);
  print(isDone ? `Every component has the release ${to}.\n` : upgradeText(machines, to));
  const isWanted =
    isDone ||
    (await isConfirmed({
      question: "Write the version into the lab file and upgrade?",
      yes,
      cannot: {
        code: "upgrade-unconfirmed",
        message: "cannot ask whether to upgrade",
        remedy: "Read the list above, then run the command again with --yes.",
      },
    }));
  if (!isWanted) return print("Nothing was changed.\n");
  assertNotInterrupted(session.signal);
  const { cluster } = await readLab(options);
  if (cluster.version !== session.lab.cluster.version) await writeClusterVersion(session.file, to);
  if (!isDone) await up(options);
}

/** What the upgrade changes on each node, control planes first. Throws if the lab cannot be upgraded as it is. */
async function upgradesOf({ lab, graph, provider, signal }: Session): Promise<MachineUpgrade[]> {
  const inventory = await connectInventory(lab, provider, signal);
  try {
    assertRunning(inventory);
    const tasks = tasksOf(graph).filter(({ step }) => step.refuse);
    const seen = await observe(tasks, inventory, { signal });
    assertPossible(seen, inventory);
    const upgraded = tasks.filter(({ title }) => title === "kubeadm-upgrade");
    const machines = upgraded.map((task) => {
      const observation = seen.get(task);
      if (observation?.kind === "unreachable") throw observation.error;
      const facts = observation?.kind === "seen" ? (observation.facts as VersionFacts) : undefined;
      const present = facts && presentVersions(facts, { lab, machine: task.machine });
      if (!facts || !present || present.size === 0)
        throw cannotUpgrade(`${task.machine.name} is not a node of a cluster yet`);
      return {
        name: task.machine.name,
        role: task.machine.role,
        present,
        wanted: wantedVersions(facts, lab),
      };
    });
    if (machines.length === 0) throw cannotUpgrade("its playbooks create no cluster");
    return machines.sort(controlPlanesFirst);
  } finally {
    await inventory.close();
  }
}

function assertRunning({ missing, reasons, surplus: [extra] }: ConnectedInventory): void {
  if (extra) throw cannotUpgrade(`${extra.name} ${extra.why}`);
  const names = missing.map(({ name }) => name);
  if (names.length > 0) throw cannotUpgrade(`${names[0]} ${reasons.get(names[0] ?? "")}`);
}

const cannotUpgrade = (why: string): LabwrightError =>
  new LabwrightError({
    code: "not-upgradable",
    message: `cannot upgrade: ${why}`,
    remedy: "Run `labwright up` first, which makes the lab as its file says.",
  });
