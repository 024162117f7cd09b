export const planes = ["cp1", "cp2", "cp3"] as const;

/** Control planes behind a load balancer; `more` are further lines of the lab file's `cluster`. */
export const controlPlanes = (count: number, more: readonly string[] = []): string => `machines:
  - { name: lb, role: load-balancer }
  - { name: cp, role: control-plane, count: ${count} }
cluster:
${["network: { plugin: flannel }", ...more].map((line) => `  ${line}\n`).join("")}\
playbooks: [cluster]
`;
