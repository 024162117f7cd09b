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
