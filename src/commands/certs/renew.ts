import type { Activity } from "../../activity/activity.ts";
import { partOf } from "../../engine/part.ts";
import { run } from "../../engine/run.ts";
import { LabwrightError } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { renewNode } from "../../kubernetes/certificate-renewal.ts";
import type { Certificate } from "../../kubernetes/certificates.ts";
import { readCertificates } from "../../kubernetes/node-certificates.ts";
import { controlPlaneOf, controlPlanesFirst, nodesOf } from "../../lab/roles.ts";
import { baselineKeeper } from "../../session/baseline-keeper.ts";
import { type ConnectedInventory, connectInventory } from "../../session/inventory.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type LabOptions, openSession, type Session, show } from "../../session/session.ts";
import { print } from "../../ui/print.ts";
import { count } from "../../wording.ts";
import { dateOf, when } from "./text.ts";

export interface RenewOptions extends LabOptions {
  /** Renews every certificate of kubeadm's, also those that have more than 30 days left. */
  all?: boolean;
}

const wayOn = "Run `labwright certs renew` again: it continues where this run stopped.";

interface Renewed {
  /** How many certificates were renewed. */
  renewed: number;
  /** The first certificate of the lab to end now. */
  first?: Certificate;
}

/** Renews certificates that end soon, one control plane after the other, and brings every kubeconfig up to date. */
export async function renewCerts(options: RenewOptions): Promise<void> {
  const session = await openSession(options);
  controlPlaneOf(session.lab);
  await withLabLock(session, async () => {
    const { result } = await show(`certs renew ${session.lab.name}`, { ...options, wayOn }, (activity) =>
      renewLab(session, activity, options.all ?? false),
    );
    if (!options.json) print(summary(result));
  });
}

function summary({ renewed, first }: Renewed): string {
  const done = renewed === 0 ? "Nothing to renew" : `Renewed ${count(renewed, "certificate")}`;
  return `${done}${first ? `: the first to end is ${first.name}, ${when(first)}, on ${dateOf(first)}` : ""}.\n`;
}

const isKubeconfig = /^(admin|user)-kubeconfig\b/;

async function renewLab(session: Session, activity: Activity, all: boolean): Promise<Renewed> {
  const { lab, provider, graph, signal } = session;
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    assertRunning(inventory);
    const keepBaseline = await baselineKeeper(session, inventory, { changes: true });
    const controlPlane = await inventory.host(controlPlaneOf(lab));
    let renewed = 0;
    for (const machine of nodesOf(lab).toSorted(controlPlanesFirst)) {
      assertNotInterrupted(signal);
      const host = await inventory.host(machine.name);
      renewed += await activity.child(
        "task",
        "renew certificates",
        async ({ note }, end) => {
          const names = await renewNode({ host, machine, controlPlane, all, note });
          if (names.length > 0) end({ outcome: "changed", details: names });
          return names.length;
        },
        { machine: machine.name },
      );
    }
    const kubeconfigs = partOf(graph, ({ title }) => isKubeconfig.test(title));
    await run({ graph: kubeconfigs, inventory, activity, signal });
    await keepBaseline?.(inventory, activity);
    const first = await firstToEnd(inventory, signal);
    return { renewed, ...(first && { first }) };
  } finally {
    await inventory.close();
  }
}

async function firstToEnd(
  inventory: ConnectedInventory,
  signal: AbortSignal,
): Promise<Certificate | undefined> {
  const left = await Promise.all(
    nodesOf(inventory.lab).map(async (machine) =>
      readCertificates(await inventory.host(machine.name), machine, signal),
    ),
  );
  return left.flat().sort((a, b) => a.ends.localeCompare(b.ends))[0];
}

/** Before anything changes: a node that is off would keep its old certificates. */
function assertRunning({ lab, absent }: ConnectedInventory): void {
  const name = nodesOf(lab).find((machine) => absent.has(machine.name))?.name;
  if (name === undefined) return;
  throw new LabwrightError({
    code: "machine-absent",
    message: `cannot renew certificates: ${name} ${absent.get(name)}`,
    remedy: "Run `labwright up`, then `labwright certs renew` again.",
  });
}
