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

/** Seconds after which they go on even if a node has not renewed its lease: then it is gone indeed. */
const patience = 40;

const renewals = '{range .items[*]}{.spec.renewTime}{"\\n"}{end}';

/** Lets the controllers go on, once every node has renewed its lease since now. */
export const resumeControllers: Command = sh`
  now=$(date -u +%Y-%m-%dT%H:%M:%S)
  for attempt in $(seq ${patience * 2}); do
    renewals=$(${kubectl(sh`-n kube-node-lease get leases -o ${`jsonpath=${renewals}`}`)}) &&
      ! printf '%s\n' "$renewals" | awk -v now="$now" '$1 != "" && $1 < now { old = 1 } END { exit !old }' && break
    sleep 0.5
  done
  pkill -CONT -x -f ${`${manager} .*`}`;
