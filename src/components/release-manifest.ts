/** An environment variable of a container. */
export interface Variable {
  name: string;
  value?: string;
  valueFrom?: unknown;
}

/** Whether a document of a release's manifest is a Kubernetes object: some are empty. */
export const isObject = <T extends { kind: string; metadata: object }>(value: unknown | T): value is T =>
  typeof value === "object" && value !== null && "kind" in value && "metadata" in value;

/** Gives a container variables, in place of those of the same names. */
export function setVariables(container: { env?: Variable[] }, wanted: readonly Variable[]): void {
  const others = (container.env ?? []).filter(({ name }) => !wanted.some((one) => one.name === name));
  container.env = [...others, ...wanted];
}

/** The variables of those names and values. */
export const variables = (values: Record<string, string>): Variable[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** How a container is asked whether it is ready. */
export interface Probe {
  exec?: object;
  httpGet?: object;
  periodSeconds?: number;
  initialDelaySeconds?: number;
  failureThreshold?: number;
}

/**
 * A readiness probe each ten seconds, as releases have it, makes a small cluster wait ten seconds for nothing. As a
 * startup probe it is asked each second until it succeeds, and the kubelet then asks the readiness probe at once: its
 * initial delay would still count from the container's start.
 */
export function quicken(container: { readinessProbe?: Probe; startupProbe?: Probe }): void {
  if (!container.readinessProbe) return;
  const { initialDelaySeconds: _, ...readinessProbe } = container.readinessProbe;
  const quick = { periodSeconds: 1, initialDelaySeconds: 0, failureThreshold: 600 };
  container.startupProbe = { ...readinessProbe, ...quick };
  container.readinessProbe = readinessProbe;
}
