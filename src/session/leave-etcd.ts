import type { Activity } from "../activity/activity.ts";
import { askMembers, membersIn, removeMember } from "../kubernetes/etcd-members.ts";
import { isControlPlane } from "../lab/roles.ts";
import type { ConnectedInventory } from "./inventory.ts";

/**
 * Takes machines that are about to be removed out of etcd, through a control plane that stays: two of three members that
 * go at once would take the majority with them. Nothing is done if no control plane stays or its etcd does not answer.
 */
export async function leaveEtcd(
  { lab, found, host }: ConnectedInventory,
  leaving: readonly string[],
  activity: Activity,
): Promise<void> {
  const staying = lab.machines.find(
    (machine) =>
      isControlPlane(machine) &&
      !leaving.includes(machine.name) &&
      found.some(({ name, running }) => name === machine.name && running),
  );
  if (leaving.length === 0 || !staying) return;
  const via = await host(staying.name);
  const answer = await via.run(askMembers, { accept: "any" });
  for (const member of membersIn(answer).filter(({ name }) => leaving.includes(name))) {
    activity.note(`removing ${member.name} from etcd`);
    await via.run(removeMember(member));
  }
}
