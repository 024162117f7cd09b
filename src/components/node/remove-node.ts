import { type Command, sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { type Contents, removeContents } from "../../linux/backup.ts";
import { networkContents } from "../network/networks.ts";
import { besidesPods } from "./contents.ts";
import { unmakeNode } from "./unmake.ts";

const each = (fields: string): string => `jsonpath={range .items[*]}${fields}{"\\n"}{end}`;
const places = each('{.metadata.name} {.status.addresses[?(@.type=="InternalIP")].address}');
const requests = each("{.metadata.name} {.spec.username} {.spec.request}");

/**
 * On the control plane: drains and deletes the node that has the machine's name, and the one that has its address, if
 * it joined under another name; also what the join left in the cluster: requests for its certificate, and the tokens
 * that those were made with.
 */
export const deleteNode = (machine: string, address: string): Command => sh`
  { echo ${machine}; ${kubectl(sh`get nodes -o ${places}`)} | sed -n ${`s/ ${address}$//p`}; } | sort -u | while read -r node; do
    if [ -n "$(${kubectl(sh`get node "$node" --ignore-not-found -o name`)})" ]; then
      ${kubectl(sh`drain "$node" --ignore-daemonsets --delete-emptydir-data --force --timeout=60s`)} </dev/null || exit 1
      ${kubectl(sh`delete node "$node"`)} </dev/null || exit 1
    fi
    ${kubectl(sh`get csr -o ${requests}`)} | while read -r name user request; do
      printf %s "$request" | base64 -d | openssl req -noout -subject -nameopt multiline |
        grep -qE "commonName *= system:node:$node$" || continue
      ${kubectl(sh`delete csr "$name"`)} </dev/null
      token=$(expr "$user" : 'system:bootstrap:\(.*\)') || continue
      ${kubectl(sh`-n kube-system delete secret --ignore-not-found "bootstrap-token-$token"`)} </dev/null
    done
  done`;

const contentsOf = (all: Contents, ...folders: string[]): Contents =>
  Object.fromEntries(folders.map((folder) => [folder, all[folder] ?? []]));

const leftByPods: Contents = {
  ...contentsOf(besidesPods, "/var/log/pods", "/var/log/containers"),
  ...networkContents("logs", "state", "ownPrograms"),
};

const emptied = [
  ...Object.keys(networkContents("state", "logs")),
  "/etc/kubernetes/pki",
  "/etc/kubernetes/tmp",
];

/** On the machine itself: makes it what it was before it was a node: prepared, and joined to nothing. */
export const leaveCluster: Command = sh`
  ${unmakeNode}
  ${removeContents(leftByPods)}
  for folder in ${emptied}; do [ ! -d "$folder" ] || find "$folder" -depth -type d -empty -delete; done`;
