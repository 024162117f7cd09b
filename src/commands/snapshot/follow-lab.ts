import type { Activity } from "../../activity/activity.ts";
import { followLogins } from "../../baseline/logins.ts";
import { type Graph, localhost } from "../../engine/graph.ts";
import { run } from "../../engine/run.ts";
import { messageOf } from "../../errors.ts";
import { readStates, withStates, writeState } from "../../exercises/state.ts";
import { asUser, rights } from "../../hosts/rights.ts";
import { type Command, lines, sh } from "../../hosts/sh.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { isRootThere } from "../../lab/accounts.ts";
import type { Machine } from "../../lab/types.ts";
import type { ConnectedInventory } from "../../session/inventory.ts";
import type { Session } from "../../session/session.ts";

export interface Followed {
  session: Session;
  inventory: ConnectedInventory;
  activity: Activity;
  /** Public keys of the labs that the machines were saved in. */
  formerKeys: readonly string[];
}

/** Has machines that another lab saved belong to this one alone: its keys, its passwords, its kubeconfig. */
export async function followLab({ session, inventory, activity, formerKeys }: Followed): Promise<void> {
  const { lab, signal } = session;
  for (const machine of lab.machines.filter(isRootThere))
    await (await inventory.host(machine.name)).run(dropKeys(machine, formerKeys));
  // Checks of `up` that were not right are not repaired, but the cluster has another CA than this computer knows.
  const graph = onThisComputer(session.graph);
  await run({ graph, inventory, activity, signal }).catch((error: unknown) => {
    assertNotInterrupted(signal);
    activity.note(`the kubeconfig of this computer was not updated: ${messageOf(error)}`);
  });
  const follow = await followLogins(inventory);
  await withStates(lab.name, async () => {
    for (const state of await readStates(lab.name))
      await writeState(lab.name, { ...state, before: follow(state.before) });
  });
}

/** The machine's own root has had its keys replaced. */
const dropKeys = ({ user, users = [] }: Machine, keys: readonly string[]): Command => sh`
  ${rights}
  ${lines(
    [user, ...users.map(({ name }) => name)]
      .filter((name) => name !== "root")
      .map((name) => sh`! id ${name} >/dev/null 2>&1 || ${asUser(name, dropped(keys))}`),
  )}
  true`;

const dropped = (keys: readonly string[]): Command => sh`
  umask 077
  file=.ssh/authorized_keys
  [ -f "$file" ] && [ ! -L "$file" ] || exit 0
  ${lines(keys.map((key) => sh`grep -vxF -e ${key} "$file" >"$file.labwright"; cat "$file.labwright" >"$file"`))}
  rm -f "$file.labwright"`;

/** What is changed on this computer. */
const onThisComputer = ({ plays, playsByHost }: Graph): Graph => ({
  plays,
  playsByHost: new Map(
    [...playsByHost]
      .filter(([machine]) => machine === localhost)
      .map(([machine, hostPlays]) => [
        machine,
        hostPlays.filter(({ tasks }) => tasks.every(({ step }) => step.apply)),
      ]),
  ),
});
