import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { TestLab } from "./support.ts";

/** nginx's own image listens on IPv6 too, Debian's configuration in ours on IPv4 only. */
const both = `
          command: [sh, -c, "printf 'server { listen 80; listen [::]:80; root /usr/share/nginx/html; }' >/etc/nginx/conf.d/default.conf && exec nginx -g 'daemon off;'"]`;

/** One web server on every node, control planes included, and a Service for all of them. */
const probes = (isDualStack: boolean) => `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: matrix, labels: { app: matrix } }
spec:
  selector: { matchLabels: { app: matrix } }
  template:
    metadata: { labels: { app: matrix } }
    spec:
      tolerations: [{ operator: Exists }]
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: docker.io/library/nginx:latest
          imagePullPolicy: IfNotPresent${isDualStack ? both : ""}
---
apiVersion: v1
kind: Service
metadata: { name: matrix }
spec: { selector: { app: matrix }, ports: [{ port: 80 }], ipFamilyPolicy: PreferDualStack }
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
  /** One of each family, IPv4 first. */
  addresses: string[];
}

const isIPv6 = (address: string): boolean => address.includes(":");
const over = (address: string): string => (isIPv6(address) ? " over IPv6" : "");

/** Who could reach whom: a line for each, `pod on cp → pod on w1: yes`. */
export interface Matrix {
  lines: string[];
  failures: string[];
}

/**
 * Asks over a cluster's pod network, from pods and from nodes: every pair of pods, the Service, DNS, and whether a
 * NetworkPolicy blocks and then allows, over each of the `families` of addresses, IPv4 first. Leaves nothing in the cluster.
 */
export async function networkMatrix(
  { inside }: TestLab,
  nodes: readonly string[],
  enforcesPolicies: boolean,
  families = 1,
): Promise<Matrix> {
  const kubectl = (words: string, input = "") =>
    inside("cp", `kubectl --kubeconfig /etc/kubernetes/admin.conf ${words} <<'END'\n${input}\nEND`);
  const matrix: Matrix = { lines: [], failures: [] };
  const answers = (run: Promise<string>): Promise<boolean> =>
    run.then((said) => / 200 |10[.]|^fd00:/.test(said)).catch(() => false);
  const ask = async (what: string, run: Promise<string>, wanted = true): Promise<void> => {
    const got = await answers(run);
    matrix.lines.push(`${what}: ${got ? "yes" : "no"}`);
    if (got !== wanted) matrix.failures.push(what);
  };
  await kubectl("apply -f -", probes(families > 1));
  try {
    await kubectl("rollout status daemonset/matrix --timeout=120s");
    const format =
      'jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName} {.status.podIPs[*].ip}{"\\n"}{end}';
    const listed = await kubectl(`get pods -l app=matrix -o '${format}'`);
    const pods: Pod[] = listed
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([name = "", node = "", ...addresses]) => ({ name, node, addresses }));
    assert.deepEqual(pods.map(({ node }) => node).sort(), [...nodes].sort());
    const clusterIPs = (await kubectl("get service matrix -o 'jsonpath={.spec.clusterIPs[*]}'"))
      .trim()
      .split(" ");
    for (const { addresses } of [...pods, { addresses: clusterIPs }])
      assert.deepEqual(addresses.map(isIPv6), [false, true].slice(0, families), `${addresses}`);
    const from = (pod: Pod, script: string) => kubectl(`exec ${pod.name} -- ${script}`);
    for (const pod of pods) {
      for (const other of pods)
        for (const address of other.addresses)
          await ask(`pod on ${pod.node} → pod on ${other.node}${over(address)}`, from(pod, get(address)));
      const service = "matrix.default.svc.cluster.local";
      await ask(`pod on ${pod.node} → Service`, from(pod, get(service)));
      for (const address of clusterIPs.filter(isIPv6)) {
        await ask(`pod on ${pod.node} → Service over IPv6`, from(pod, get(address)));
        await ask(`pod on ${pod.node} → DNS for IPv6`, from(pod, `getent ahostsv6 ${service}`));
      }
      await ask(`pod on ${pod.node} → DNS`, from(pod, "getent hosts kubernetes.default.svc.cluster.local"));
    }
    for (const node of nodes) {
      for (const { node: other, addresses } of pods)
        for (const address of addresses)
          await ask(`node ${node} → pod on ${other}${over(address)}`, inside(node, get(address)));
      for (const address of clusterIPs)
        await ask(`node ${node} → Service${over(address)}`, inside(node, get(address)));
    }
    const [one, other] = pods;
    // A pod always reaches itself.
    if (!one || !other) return matrix;
    const policies = async (words: string, wanted: boolean): Promise<void> => {
      await delay(5000);
      for (const address of other.addresses)
        await ask(
          `a NetworkPolicy lets through what it ${words}${over(address)}`,
          from(one, get(address)),
          wanted,
        );
    };
    await kubectl("apply -f -", policy("matrix", "[]"));
    await policies("blocks", !enforcesPolicies);
    await kubectl(
      "apply -f -",
      policy("matrix", "[{ from: [{ podSelector: { matchLabels: { app: matrix } } }] }]"),
    );
    await policies("allows", true);
  } finally {
    await kubectl("delete --ignore-not-found networkpolicy/matrix service/matrix daemonset/matrix");
  }
  return matrix;
}
