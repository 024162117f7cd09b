import { readBaseline } from "../../baseline/baseline.ts";
import { putBackLost } from "../../baseline/put-back-lost.ts";
import { LabwrightError, messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { setName } from "../../lab/machine-set.ts";
import { isControlPlane, nodesOf } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { differenceText } from "../../recording/differences.ts";
import { connectInventory } from "../../session/inventory.ts";
import { look } from "../../session/look.ts";
import { makeLab } from "../../session/make-lab.ts";
import { proveCluster } from "../../session/prove-cluster.ts";
import { listed } from "../../wording.ts";
import type { Way } from "./way.ts";

export interface Rebuilt {
  rebuilt: readonly string[];
  proof: string[];
}

/** Creates machines again; if that fails for some, all of the request. Addresses, host keys, logins and passwords stay. */
export async function rebuild(way: Way, refused: readonly string[]): Promise<Rebuilt> {
  const some = rebuiltWith(way.session.lab, refused);
  const all = rebuiltWith(way.session.lab, way.machines);
  try {
    return await rebuildThese(way, some);
  } catch (error) {
    assertNotInterrupted(way.session.signal);
    if (some.length === all.length || !(error instanceof LabwrightError)) throw error;
    way.activity.note(`creating ${listed(some)} again did not do: ${messageOf(error)}`);
    return rebuildThese(way, all);
  }
}

/** With its last control plane a cluster is gone, and nodes of a former cluster are created again too. */
function rebuiltWith(lab: Lab, names: readonly string[]): string[] {
  const { machines } = lab;
  const stays = machines.some((one) => isControlPlane(one) && !names.includes(one.name));
  const nodes = stays ? [] : nodesOf(lab).map(({ name }) => name);
  return machines.map(({ name }) => name).filter((name) => names.includes(name) || nodes.includes(name));
}

async function rebuildThese(
  { session, activity, began, baseline, machines, timed }: Way,
  recreate: readonly string[],
): Promise<Rebuilt> {
  const { lab, provider, signal } = session;
  await timed("rebuild", () => makeLab(session, activity, { recreate, discards: true, keepsBaseline: true }));
  const inventory = await connectInventory(lab, provider, signal, { activity });
  try {
    const lost = await timed("put back", () => putBackLost(inventory, baseline));
    return await timed("prove", async () => {
      const present = await readBaseline(setName(lab));
      const seen = present && (await look(inventory, present, machines));
      const { seen: proof, failed } = await proveCluster(inventory, began);
      const left = [
        ...(seen?.blind ?? []).map(({ machine, why }) => `${machine} ${why}`),
        ...(seen?.differences ?? []).map(differenceText),
        ...lost.map(differenceText),
        ...[...failed].map(([machine, why]) => `${machine} ${why}`),
      ];
      if (left.length > 0) throw differs(left);
      return {
        rebuilt: recreate,
        proof: [...proof, `the baseline of ${listed(recreate)} was recorded again`, "the rest is equal"],
      };
    });
  } finally {
    await inventory.close();
  }
}

const differs = (left: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "reset-differs",
    message: ["the reset did not restore everything", ...left].join("\n  "),
    remedy: "Run `labwright reset` again; if that does not help, `labwright down`, then `labwright up`.",
  });
