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

/** Seconds after which they go on in any case: a node that has not renewed its lease then is gone indeed. */
const patience = 40;

const renewals = '{range .items[*]}{.spec.renewTime}{"\\n"}{end}';

/**
 * The Ready conditions' messages. A kubelet that was frozen for more than three minutes reports its node as not Ready at once, until it
 * has looked at its pods again ("PLEG is not healthy"), ten seconds later at most: kubernetes, pkg/kubelet/pleg/generic.go.
 */
const complaints = '{range .items[*].status.conditions[?(@.type=="Ready")]}{.message}{"\\n"}{end}';

/** Lets the controllers go on, once every node has renewed its lease since now, and no kubelet still wakes up. */
export const resumeControllers: Command = sh`
  now=$(date -u +%Y-%m-%dT%H:%M:%S)
  deadline=$(($(date +%s) + ${patience}))
  while [ "$(date +%s)" -lt $deadline ]; do
    renewals=$(${kubectl(sh`-n kube-node-lease get leases -o ${`jsonpath=${renewals}`}`)}) &&
      ! printf '%s\n' "$renewals" | awk -v now="$now" '$1 != "" && $1 < now { old = 1 } END { exit !old }' &&
      complaints=$(${kubectl(sh`get nodes -o ${`jsonpath=${complaints}`}`)}) &&
      ! printf '%s\n' "$complaints" | grep -q 'PLEG is not healthy' && break
    sleep 0.5
  done
  pkill -CONT -x -f ${`${manager} .*`}`;
