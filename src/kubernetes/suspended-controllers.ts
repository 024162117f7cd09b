import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { kubectl } from "./kubectl.ts";

const manager = "kube-controller-manager";

/**
 * Stops the controllers of a control plane until `resumeControllers`. Nodes that were frozen wake up with old leases: controllers that
 * go on before those are renewed take all nodes for gone, and their pods out of the Services.
 */
export const suspendControllers: Command = sh`pkill -STOP -x -f ${`${manager} .*`}`;

export const askControllers: Command = sh`sed -n 's/^State:[[:space:]]*//p' "/proc/$(pidof -s ${manager})/status"`;

/** proc(5): `T (stopped)`. */
export const areSuspended = ({ stdout }: Output): boolean => stdout.startsWith("T");

/**
 * Seconds after which they go on in any case: a node that has not renewed its lease by then is gone indeed. Thirty labs that wake up
 * side by side may need more than the 50 that controllers give a node.
 */
const patience = 120;

const ready = (field: string) => `{.status.conditions[?(@.type=="Ready")].${field}}`;

/** A line for each lease, name and time; and one for each node: name, nothing, the status and message of its Ready condition. */
const lines = `{range .items[*]}{.metadata.name}{"\\t"}{.spec.renewTime}{"\\t"}${ready("status")}{"\\t"}${ready("message")}{"\\n"}{end}`;

/**
 * Reads such lines, and succeeds once every node that was ready has renewed its lease since `now`, and no kubelet wakes up any more.
 * A kubelet that was frozen for more than three minutes reports its node as not ready until it has looked at its pods again ("PLEG is
 * not healthy"), ten seconds later at most: kubernetes, pkg/kubelet/pleg/generic.go. A node that was not ready before the machines
 * were frozen is not waited for.
 */
export const areAwake: Command = sh`awk -F '\t' -v now="$now" '
  $2 != "" { renewed[$1] = $2; next }
  { nodes++; if ($3 == "True") awaited[$1] }
  $4 ~ /PLEG is not healthy/ { waking = 1 }
  END {
    for (node in awaited) if (renewed[node] < now) waking = 1
    exit waking || !nodes
  }'`;

/** Lets the controllers go on, once every node has renewed its lease since now, and no kubelet still wakes up. */
export const resumeControllers: Command = sh`
  now=$(date -u +%Y-%m-%dT%H:%M:%S)
  deadline=$(($(date +%s) + ${patience}))
  while [ "$(date +%s)" -lt $deadline ]; do
    ${kubectl(sh`-n kube-node-lease get nodes,leases -o ${`jsonpath=${lines}`}`)} | ${areAwake} && break
    sleep 0.5
  done
  pkill -CONT -x -f ${`${manager} .*`}`;
