import { type Command, sh } from "../../hosts/sh.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { removeContents } from "../../linux/backup.ts";
import { besidesPods } from "./contents.ts";
import { clearNode } from "./leftovers.ts";

/** Stops the kubelet and ends all pods of a node, with what they have in its kernel. */
export const endPods: Command = sh`
  systemctl stop kubelet
  timeout 60 ${nodeProgram("crictl")} rmp --all --force >/dev/null 2>&1
  ${clearNode}`;

/**
 * The same for a node that stays a member of its cluster: a kubelet that is started starts the pods again, with new
 * addresses.
 */
export const endPodsOfMember: Command = sh`
  ${endPods}
  ${removeContents({ "/var/lib/cni": besidesPods["/var/lib/cni"] ?? [] })}`;
