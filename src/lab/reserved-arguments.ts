import type { Flaw } from "./names.ts";
import { shown } from "./nearest.ts";

/** The programs of a control plane whose arguments a lab file can add to, with their names in kubeadm's v1beta4. */
export type Component = "apiServer" | "controllerManager" | "scheduler" | "etcd";

export const programOf: Record<Component, string> = {
  apiServer: "kube-apiserver",
  controllerManager: "kube-controller-manager",
  scheduler: "kube-scheduler",
  etcd: "etcd",
};

const certificates = "kubeadm makes the certificates and keys";
const places = "the other programs of the cluster look for it there";
const identity = "kubeadm makes the file with which it logs in to the API server";
const networks = "it follows cluster.network";
const election = "labwright turns it on if there is more than one control plane";

/** Arguments that labwright or kubeadm sets, with the reason. */
const reserved: Record<Component, Record<string, string>> = {
  apiServer: {
    "advertise-address bind-address secure-port etcd-servers": places,
    "client-ca-file tls-cert-file tls-private-key-file etcd-cafile etcd-certfile etcd-keyfile": certificates,
    "kubelet-client-certificate kubelet-client-key proxy-client-cert-file proxy-client-key-file":
      certificates,
    "requestheader-client-ca-file service-account-key-file service-account-signing-key-file": certificates,
    "enable-bootstrap-token-auth": "machines join with bootstrap tokens",
    "service-cluster-ip-range": networks,
  },
  controllerManager: {
    "kubeconfig authentication-kubeconfig authorization-kubeconfig": identity,
    "client-ca-file root-ca-file requestheader-client-ca-file service-account-private-key-file": certificates,
    "cluster-signing-cert-file cluster-signing-key-file tls-cert-file tls-private-key-file": certificates,
    "secure-port bind-address": "the kubelet's probes look for it there",
    "cluster-cidr service-cluster-ip-range allocate-node-cidrs cluster-name": networks,
    "use-service-account-credentials": "the controllers' permissions are given to their service accounts",
    "leader-elect": election,
  },
  scheduler: {
    "kubeconfig authentication-kubeconfig authorization-kubeconfig": identity,
    "secure-port bind-address": "the kubelet's probes look for it there",
    "leader-elect": election,
  },
  etcd: {
    "name data-dir": "kubeadm and labwright look for the data there",
    "initial-cluster initial-cluster-state initial-advertise-peer-urls": "kubeadm makes the members",
    "listen-client-urls listen-peer-urls listen-metrics-urls advertise-client-urls": places,
    "cert-file key-file trusted-ca-file client-cert-auth": certificates,
    "peer-cert-file peer-key-file peer-trusted-ca-file peer-client-cert-auth": certificates,
  },
};

export const argumentPattern = /^[a-z0-9][a-z0-9-]*$/;

/** What is wrong with the name of an argument of a component. */
export function argumentFlaw(component: Component, name: string): Flaw | undefined {
  if (!argumentPattern.test(name)) {
    const bare = name.replace(/^-+/, "").split("=")[0] ?? "";
    const remedy = argumentPattern.test(bare)
      ? `write \`name: ${bare}\`, and the value in \`value\``
      : "write its name without hyphens before it, such as audit-log-maxage";
    return { message: `${shown(name)} is not the name of an argument`, remedy };
  }
  const reason = Object.entries(reserved[component]).find(([names]) => names.split(" ").includes(name))?.[1];
  if (reason === undefined) return undefined;
  const message = `${programOf[component]}'s ${name} cannot be set: ${reason}`;
  return { message, remedy: "delete this argument" };
}
