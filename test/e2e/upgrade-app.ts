import { setTimeout as delay } from "node:timers/promises";

/** Two replicas on two nodes, of which one may be evicted at a time, and which end their requests before they go. */
export const app = `apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  replicas: 2
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      topologySpreadConstraints:
        - { maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: { matchLabels: { app: app } } }
      containers:
        - name: web
          image: docker.io/library/nginx:latest
          imagePullPolicy: IfNotPresent
          readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 1 }
          lifecycle: { preStop: { sleep: { seconds: 10 } } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: app }
spec: { minAvailable: 1, selector: { matchLabels: { app: app } } }
---
apiVersion: v1
kind: Service
metadata: { name: app }
spec: { type: NodePort, selector: { app: app }, ports: [{ port: 80, nodePort: 30090 }] }
`;

export interface Counted {
  requests: number;
  /** What failed, with the second since the start. */
  failures: string[];
  /** The longest time from one answer to the next, in milliseconds. */
  longestPause: number;
}

/** Asks every address in turn, each time over a new connection, until it is stopped. */
export function startClient(addresses: readonly string[]): { stop(): Promise<Counted> } {
  const counted: Counted = { requests: 0, failures: [], longestPause: 0 };
  const started = Date.now();
  let isStopped = false;
  let last = started;
  const ended = (async () => {
    for (let turn = 0; !isStopped; turn += 1) {
      const address = addresses[turn % addresses.length] ?? "";
      const failure = await failureOf(`http://${address}:30090/`);
      counted.requests += 1;
      if (failure === undefined) {
        counted.longestPause = Math.max(counted.longestPause, Date.now() - last);
        last = Date.now();
      } else counted.failures.push(`${Math.round((Date.now() - started) / 1000)} s, ${address}: ${failure}`);
      await delay(50);
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await ended;
      return counted;
    },
  };
}

async function failureOf(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(10_000),
    });
    await response.text();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof Error ? `${error.message} ${String(error.cause ?? "")}` : String(error);
  }
}
