import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { apiPort } from "../lab/ports.ts";
import { nodeProgram } from "./node-programs.ts";

export const adminConf = "/etc/kubernetes/admin.conf";
export const kubeletConf = "/etc/kubernetes/kubelet.conf";

/** A control plane's own API server: admin.conf may name the load balancer, which needs another one to be ready. */
export const ownServer = `https://127.0.0.1:${apiPort}`;

const kubectlAs = (kubeconfig: string, command: Command, seconds = 10): Command => {
  const server = kubeconfig === adminConf ? sh`--server ${ownServer} ` : sh``;
  return sh`${nodeProgram("kubectl")} --kubeconfig ${kubeconfig} ${server}${`--request-timeout=${seconds}s`} ${command}`;
};

/**
 * kubectl on a control plane, as the cluster's administrator. It gives up soon if the server does not answer; a command
 * that waits for something needs more `seconds`, because the limit holds for its watch too.
 */
export const kubectl = (command: Command, seconds?: number): Command =>
  kubectlAs(adminConf, command, seconds);

/** A question to the cluster, for probes: if there is no cluster yet, kubectl is not started to find that out. */
export const ask = (question: Command, kubeconfig = adminConf): Command =>
  sh`test -e ${kubeconfig} && ${kubectlAs(kubeconfig, question)}`;

/**
 * Applies a file on the control plane by server-side apply, and takes over fields of other owners. kubectl's own validation
 * is switched off: it reads the schemas again after each CustomResourceDefinition, which takes more than half of
 * the time, and the API server refuses an unknown field of an applied object by itself.
 */
export const applyFile = (path: string): Command =>
  kubectl(sh`apply --server-side --force-conflicts --validate=ignore --field-manager=labwright -f ${path}`);

/** Applies its standard input, in the same way. */
export const applyInput = applyFile("-");

/** The JSON in a probe's output; undefined if there is none. */
export function jsonOf<T>(output: Output): T | undefined {
  if (output.code !== 0) return undefined;
  try {
    return JSON.parse(output.stdout) as T;
  } catch {
    return undefined;
  }
}

/** Every step that needs the nodes' names uses these words, so that a round trip asks once for all of them. */
export const askNodes = ask(sh`get nodes -o json`);

/** The nodes' names in the answer to `askNodes`; undefined if the API server does not answer. */
export const nodeNamesIn = (output: Output): string[] | undefined =>
  jsonOf<List<{ metadata: { name: string } }>>(output)?.items.map(({ metadata }) => metadata.name);

/** The fields of a workload object that the checks read. */
export interface Workload {
  metadata: { name: string; namespace?: string; generation: number };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    readyReplicas?: number;
    updatedReplicas?: number;
  };
}

export interface List<T> {
  items: T[];
}
