import { exitCode, LabwrightError } from "../errors.ts";

/** The port of every node at which the playbook nginx-nodeport's nginx answers, unless it names another. */
export const nginxNodePort = 30080;

/** The port of every node at which the addon skipper serves Ingresses. */
export const ingressNodePort = 30081;

/** The API server's port on control planes, and the load balancer's. */
export const apiPort = 6443;

/** Ports that a machine offers if its address cannot be reached: sshd, the API server, nginx. */
export const publishedPorts = [22, apiPort, nginxNodePort];

/** Kubernetes' own range: kube-apiserver, --service-node-port-range. */
export const nodePortRange = { first: 30_000, last: 32_767 } as const;

/** Throws `not-a-node-port` unless Kubernetes may give the port to a Service. */
export function assertNodePort(port: number): void {
  const { first, last } = nodePortRange;
  if (Number.isInteger(port) && port >= first && port <= last) return;
  throw new LabwrightError({
    code: "not-a-node-port",
    message: `${port} is not a NodePort`,
    remedy: `Name a port from ${first} to ${last}.`,
    exit: exitCode.usage,
  });
}
