import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { TestLab } from "./support.ts";

/** One web server on every node, control planes included, and a Service for all of them. */
const probes = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: matrix, labels: { app: matrix } }
spec:
  selector: { matchLabels: { app: matrix } }
  template:
    metadata: { labels: { app: matrix } }
    spec:
      tolerations: [{ operator: Exists }]
      terminationGracePeriodSeconds: 0
      containers: [{ name: web, image: "docker.io/library/nginx:latest", imagePullPolicy: IfNotPresent }]
---
apiVersion: v1
kind: Service
metadata: { name: matrix }
spec: { selector: { app: matrix }, ports: [{ port: 80 }] }
`;

const policy = (name: string, ingress: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name} }
spec: { podSelector: { matchLabels: { app: matrix } }, policyTypes: [Ingress], ingress: ${ingress} }
`;

/** Prints what the web server at that address answers first; nothing within three seconds is a failure. */
const get = (address: string): string =>
  `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/80 && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && head -n 1 <&3'`;

interface Pod {
  name: string;
  node: string;
  address: string;
}

/** Who could reach whom: a line for each, `pod on cp → pod on w1: yes`. */
export interface Matrix {
  lines: string[];
  failures: string[];
}

/**
 * Asks over a cluster's pod network, from pods and from nodes: every pair of pods, the Service, DNS, and whether a
 * NetworkPolicy blocks and then allows. Leaves nothing in the cluster.
 */
export async function networkMatrix(
  { inside }: TestLab,
  nodes: readonly string[],
  enforcesPolicies: boolean,
): Promise<Matrix> {
  const kubectl = (words: string, input = "") =>
    inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words} <<'END'\n${input}\nEND`);
  const matrix: Matrix = { lines: [], failures: [] };
  const answers = (run: Promise<string>): Promise<boolean> =>
    run.then((said) => / 200 |10[.]/.test(said)).catch(() => false);
  const ask = async (what: string, run: Promise<string>, wanted = true): Promise<void> => {
    const got = await answers(run);
    matrix.lines.push(`${what}: ${got ? "yes" : "no"}`);
    if (got !== wanted) matrix.failures.push(what);
  };
  await kubectl("apply -f -", probes);
  try {
    await kubectl("rollout status daemonset/matrix --timeout=120s");
    const format = 'jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName} {.status.podIP}{"\\n"}{end}';
    const listed = await kubectl(`get pods -l app=matrix -o '${format}'`);
    const pods: Pod[] = listed
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([name = "", node = "", address = ""]) => ({ name, node, address }));
    assert.deepEqual(pods.map(({ node }) => node).sort(), [...nodes].sort());
    const from = (pod: Pod, script: string) => kubectl(`exec ${pod.name} -- ${script}`);
    for (const pod of pods) {
      for (const other of pods)
        await ask(`pod on ${pod.node} → pod on ${other.node}`, from(pod, get(other.address)));
      await ask(`pod on ${pod.node} → Service`, from(pod, get("matrix.default.svc.cluster.local")));
      await ask(`pod on ${pod.node} → DNS`, from(pod, "getent hosts kubernetes.default.svc.cluster.local"));
    }
    for (const node of nodes)
      for (const pod of pods) await ask(`node ${node} → pod on ${pod.node}`, inside(node, get(pod.address)));
    const [one, other] = pods;
    // A pod always reaches itself.
    if (!one || !other) return matrix;
    await kubectl("apply -f -", policy("matrix", "[]"));
    await delay(5000);
    await ask(
      "a NetworkPolicy lets through what it blocks",
      from(one, get(other.address)),
      !enforcesPolicies,
    );
    await kubectl(
      "apply -f -",
      policy("matrix", "[{ from: [{ podSelector: { matchLabels: { app: matrix } } }] }]"),
    );
    await delay(5000);
    await ask("a NetworkPolicy lets through what it allows", from(one, get(other.address)));
  } finally {
    await kubectl("delete --ignore-not-found networkpolicy/matrix service/matrix daemonset/matrix");
  }
  return matrix;
}
