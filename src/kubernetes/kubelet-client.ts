import { X509Certificate } from "node:crypto";
import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { nodeProgram } from "./node-programs.ts";

const pki = "/etc/kubernetes/pki";

/** The certificate with which the API server identifies itself to kubelets, and its key. */
export const kubeletClientFiles = [
  `${pki}/apiserver-kubelet-client.crt`,
  `${pki}/apiserver-kubelet-client.key`,
];

/** Whom kubelets take the bearer of that certificate for. */
export const kubeletClientName = "kube-apiserver-kubelet-client";

/** Questions about the certificate; no key is printed. The machine's own clock decides whether it has expired. */
export const kubeletClientQuestions = {
  certificate: sh`cat ${kubeletClientFiles[0] ?? ""}`,
  authority: sh`cat ${`${pki}/ca.crt`}`,
  clock: sh`date +%s`,
};

export interface KubeletClient {
  /** The name in it. */
  name: string;
  /** Whether the cluster's authority issued it. */
  isIssued: boolean;
  /** How many seconds are left; negative after its end. */
  secondsLeft: number;
}

/** The certificate in the answers; undefined if there is none that can be read. */
export function kubeletClientIn({
  certificate,
  authority,
  clock,
}: Readonly<Record<keyof typeof kubeletClientQuestions, Output>>): KubeletClient | undefined {
  try {
    const [own, issuer] = [new X509Certificate(certificate.stdout), new X509Certificate(authority.stdout)];
    return {
      name: /^CN=(.*)$/m.exec(own.subject)?.[1] ?? "",
      isIssued: own.checkIssued(issuer) && own.verify(issuer.publicKey),
      secondsLeft: Math.floor(own.validToDate.getTime() / 1000) - Number(clock.stdout),
    };
  } catch {
    return undefined;
  }
}

const renew = sh`${nodeProgram("kubeadm")} certs renew apiserver-kubelet-client`;

/** Issues the certificate again, with kubeadm's usual time. The API server uses one that it has read for another second. */
export const renewKubeletClient: Command = sh`${renew} >/dev/null && sleep 2`;

/**
 * Issues the certificate again, to end after a second, and waits for that. The file with kubeadm's configuration is read from
 * standard input; the release in it keeps kubeadm from asking the Internet for one.
 */
export const expireKubeletClient = (kubernetes: string): Command => sh`
  printf '%s\n' 'apiVersion: kubeadm.k8s.io/v1beta4' 'kind: ClusterConfiguration' \
    ${`kubernetesVersion: v${kubernetes}`} 'certificateValidityPeriod: 1s' |
    ${renew} --config /dev/stdin >/dev/null && sleep 2`;
