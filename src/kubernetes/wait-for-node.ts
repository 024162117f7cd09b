import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import type { Host } from "../hosts/types.ts";
import { isControlPlane } from "../lab/roles.ts";
import type { Machine } from "../lab/types.ts";
import { kubectl } from "./kubectl.ts";

/** Seconds that a kubelet has until its node is Ready. */
const longestStart = 180;

/**
 * How many times in a row, a second apart, the node must be Ready. A new kubelet may start the static pods again, and the API
 * server is away meanwhile.
 */
const steady = { controlPlane: 15, worker: 1 };

/** What a node reports of itself. */
export interface Reported {
  /** A key of the node's `status.nodeInfo`. */
  key: "kubeletVersion" | "containerRuntimeVersion";
  /** A pattern of grep -E for its whole value. */
  value: string;
  /** As messages name it: `kubelet 1.36.3`. */
  name: string;
}

/** Waits until a node is Ready with the kubelet of a release, such as `1.36.3`; as `waitForNode`. */
export const waitForKubelet = (first: Host, machine: Machine, release: string): Promise<void> =>
  waitForNode(first, machine, {
    key: "kubeletVersion",
    value: `v${release.replaceAll(".", "[.]")}`,
    name: `kubelet ${release}`,
  });

/** Waits until a node is Ready and reports that; `first` is a control plane. Throws `node-not-ready` after three minutes. */
export async function waitForNode(
  first: Host,
  machine: Machine,
  { key, value, name }: Reported,
): Promise<void> {
  const path = `{.status.nodeInfo.${key}} {.status.conditions[?(@.type=="Ready")].status}`;
  const state = kubectl(sh`get node ${machine.name} -o ${`jsonpath=${path}`}`);
  const times = isControlPlane(machine) ? steady.controlPlane : steady.worker;
  const { code } = await first.run(
    sh`
    end=$(($(date +%s) + ${longestStart})) seen=0
    while [ "$seen" -lt ${times} ]; do
      [ "$(date +%s)" -lt "$end" ] || exit 1
      sleep 1
      if ${state} 2>/dev/null | grep -qE ${`^${value} True$`}; then seen=$((seen + 1)); else seen=0; fi
    done`,
    { accept: "any" },
  );
  if (code === 0) return;
  throw new LabwrightError({
    code: "node-not-ready",
    message: `the node ${machine.name} is not Ready with ${name} after ${longestStart} s`,
    remedy: `Look at \`journalctl -u kubelet\` on ${machine.name}, then run \`labwright up\` again.`,
  });
}
