import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { runningEtcdctl } from "./etcd.ts";

/** A member of etcd's cluster, as `etcdctl member list` prints it. */
export interface EtcdMember {
  /** Hexadecimal. */
  id: string;
  /** Empty until the member has started. */
  name: string;
  /** The URL at which the other members reach it. */
  peer: string;
}

/** On a control plane: prints the members of etcd's cluster; fails if etcd does not run. */
export const askMembers: Command = sh`pidof etcd >/dev/null && ${runningEtcdctl(sh`member list`)}`;

/** The members in the answer to `askMembers`: `id, status, name, peer URL, client URL, is learner` on each line. */
export const membersIn = ({ stdout }: Output): EtcdMember[] =>
  stdout.split("\n").flatMap((line) => {
    const [id = "", status, name = "", peer] = line.split(", ");
    return status === undefined || peer === undefined ? [] : [{ id, name, peer }];
  });

/** A request that times out, as while etcd elects a leader, may have been done: again only while the member is there. */
export const removeMember = ({ id }: EtcdMember): Command => sh`
  for attempt in 1 2 3 4 5; do
    [ $attempt = 1 ] || sleep 3
    ${runningEtcdctl(sh`member remove ${id}`)} && exit 0
    members=$(${runningEtcdctl(sh`member list`)}) && { printf '%s\n' "$members" | grep -q ${`^${id},`} || exit 0; }
  done
  exit 1`;

/** Whether a member is the one on a machine: until it has started, it has no name but its address. */
export const isMemberOn = (member: EtcdMember, machine: string, address: string | undefined): boolean =>
  member.name === machine || (address !== undefined && member.peer === `https://${address}:2380`);
