import { randomBytes } from "node:crypto";
import { sh } from "../hosts/sh.ts";
import { kubectl } from "../kubernetes/kubectl.ts";
import { controlPlaneOf, nodesOf } from "../lab/roles.ts";
import type { Lab } from "../lab/types.ts";
import type { Difference } from "../recording/differences.ts";
import { releasesOf } from "../versions.ts";
import { count } from "../wording.ts";
import type { ConnectedInventory } from "./inventory.ts";

/** Seconds until a lease must be renewed, or a pod must run. */
const patience = 30;

/** Whether the API server of the first control plane answers within so many seconds. */
export async function apiServerAnswers({ lab, host }: ConnectedInventory, seconds: number): Promise<boolean> {
  const { code } = await (await host(controlPlaneOf(lab))).run(
    sh`deadline=$(($(date +%s) + ${seconds}))
    while [ "$(date +%s)" -lt $deadline ]; do
      ${kubectl(sh`get namespace kube-system -o name`, 2)} >/dev/null 2>&1 && exit 0
      sleep 1
    done
    exit 1`,
    { accept: "any" },
  );
  return code === 0;
}

/** Begins the names of the proof's pods; a word that nobody else has. */
export const proofWord = (): string => `labwright-proof-${randomBytes(4).toString("hex")}`;

/** Whether a difference is only such a pod. */
export const isOfProof = ({ kind, name }: Pick<Difference, "kind" | "name">, word: string): boolean =>
  kind === "pod" && name.startsWith(`default/${word}`);

export interface Proof {
  /** What was seen, a sentence each. */
  seen: string[];
  /** Node → what was not seen there: words that follow its name. */
  failed: Map<string, string>;
}

/**
 * Shows that a cluster works: every node has renewed its lease since `began`, and on each a pod is created, runs to its end and is deleted.
 * A node's condition Ready may be stale, and proves nothing.
 */
export async function proveCluster(
  { lab, host }: ConnectedInventory,
  began: Date,
  word = proofWord(),
): Promise<Proof> {
  if (!lab.playbooks.includes("cluster")) return { seen: [], failed: new Map() };
  const nodes = nodesOf(lab).map(({ name }) => name);
  const controlPlane = await host(controlPlaneOf(lab));
  const renewals = '{range .items[*]}{.metadata.name}{" "}{.spec.renewTime}{"\\n"}{end}';
  // A machine of another computer has another clock.
  const clock = Number((await controlPlane.run(sh`date +%s%3N`)).stdout.trim()) - Date.now();
  const since = new Date(began.getTime() + clock).toISOString();
  const leases = sh`
    for attempt in $(seq ${patience * 2}); do
      renewed=$(${kubectl(sh`-n kube-node-lease get leases -o ${`jsonpath=${renewals}`}`)} | awk -v since=${since} '$2 > since { print $1 }')
      [ "$(printf '%s\n' "$renewed" | grep -cxF -e ${nodes.join("\n")})" -lt ${nodes.length} ] || break
      sleep 0.5
    done
    printf '%s\n' "$renewed"`;
  const pods = JSON.stringify({
    apiVersion: "v1",
    kind: "List",
    items: nodes.map((node) => podOn(node, word, lab)),
  });
  const remove = kubectl(sh`delete pods --selector ${`proof=${word}`} --now --wait=true`, patience);
  const run = sh`
    trap ${remove.reveal()} EXIT
    printf %s ${pods} | ${kubectl(sh`create --validate=ignore -f -`)} >/dev/null || exit 1
    ${kubectl(sh`wait ${"--for=jsonpath={.status.phase}=Succeeded"} pods --selector ${`proof=${word}`} --timeout ${`${patience}s`}`, patience + 5)}
    if ${remove} >/dev/null; then trap - EXIT
    else ${kubectl(sh`get pods --selector ${`proof=${word}`} -o ${'jsonpath={range .items[*]}left {.metadata.name}{"\\n"}{end}'}`)}
    fi`;
  const [renewed, ran] = await Promise.all([
    controlPlane.run(leases, { accept: "any" }),
    controlPlane.run(run, { accept: "any" }),
  ]);
  const failed = new Map<string, string>();
  const leaseLines = renewed.stdout.split("\n");
  const podLines = ran.stdout.split("\n");
  for (const node of nodes) {
    const pod = podName(word, node);
    if (!leaseLines.includes(node)) failed.set(node, `has not renewed its lease since ${since}`);
    if (!podLines.includes(`pod/${pod} condition met`))
      failed.set(node, `did not run a pod within ${patience} s`);
    if (podLines.includes(`left ${pod}`)) failed.set(node, "did not end a pod that was deleted");
  }
  const each = count(nodes.length, "node");
  return {
    seen: [
      `${each}: lease renewed since the command began`,
      `${each}: a pod was created, ran to its end and was deleted`,
    ],
    failed,
  };
}

const podName = (word: string, node: string): string => `${word}-${node}`;

/**
 * `pause` needs nothing, and every node has it: its pods' sandboxes are made from it. Here it prints its version and ends: a kubelet
 * that has to end a running pod first sees only seconds later that it has.
 */
const podOn = (node: string, word: string, { cluster: { version } }: Lab) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: podName(word, node), namespace: "default", labels: { proof: word } },
  spec: {
    nodeSelector: { "kubernetes.io/hostname": node },
    tolerations: [{ operator: "Exists" }],
    automountServiceAccountToken: false,
    restartPolicy: "Never",
    containers: [
      {
        name: "pause",
        image: `registry.k8s.io/pause:${releasesOf(version).pause}`,
        imagePullPolicy: "Never",
        command: ["/pause", "-v"],
      },
    ],
  },
});
