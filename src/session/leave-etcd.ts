import type { Activity } from "../activity/activity.ts";
import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import { askMembers, membersIn, removeMember } from "../kubernetes/etcd-members.ts";
import { hasEndpoint } from "../lab/roles.ts";
import type { ConnectedInventory } from "./inventory.ts";
import { stayingControlPlanes } from "./staying.ts";

/** A control plane that was never made has none. */
const etcdManifest = "/etc/kubernetes/manifests/etcd.yaml";

/**
 * Takes machines that are about to be removed out of etcd, through a control plane that stays: two of three members that
 * go at once would take the majority with them. Throws if control planes stay and the etcd of none answers; nothing is done
 * if none stays, or if there can be only one.
 */
export async function leaveEtcd(inventory: ConnectedInventory, activity: Activity): Promise<void> {
  const { lab, removed, host } = inventory;
  const leaving = removed.map(({ name }) => name);
  const staying = stayingControlPlanes(inventory).filter(({ running }) => running);
  if (leaving.length === 0 || staying.length === 0 || !hasEndpoint(lab)) return;
  const silent: string[] = [];
  for (const { name } of staying) {
    const via = await host(name);
    const answer = await via.run(sh`[ ! -e ${etcdManifest} ] || { ${askMembers}; }`, { accept: "any" });
    const members = membersIn(answer);
    if (answer.code !== 0) silent.push(name);
    if (members.length === 0) continue;
    for (const member of members.filter((one) => leaving.includes(one.name))) {
      activity.note(`removing ${member.name} from etcd`);
      await via.run(removeMember(member));
    }
    return;
  }
  if (silent.length === 0) return;
  throw new LabwrightError({
    code: "etcd-silent",
    message: `cannot remove ${leaving.join(", ")}: the etcd of ${silent.join(", ")} does not answer, and may need them for its majority`,
    remedy: "Keep them in the lab file and run `labwright up`; then delete them, and run it again.",
  });
}
