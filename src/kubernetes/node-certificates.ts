import { runAll } from "../hosts/batch.ts";
import type { Host, Output } from "../hosts/types.ts";
import { isControlPlane } from "../lab/roles.ts";
import type { Machine } from "../lab/types.ts";
import {
  askCertificates,
  askKubeletCertificate,
  type Certificate,
  kubeadmCertificatesIn,
  kubeletCertificateIn,
} from "./certificates.ts";

/** The questions about a node's certificates, for `runAll`. */
export const certificateQuestions = (machine: Machine) => ({
  ...(isControlPlane(machine) && { "certificates.kubeadm": askCertificates }),
  "certificates.kubelet": askKubeletCertificate,
});

/** A node's certificates in the answers, the first to end first. */
export function certificatesIn({
  "certificates.kubeadm": kubeadm,
  "certificates.kubelet": kubelet,
}: Readonly<Record<string, Output>>): Certificate[] {
  const ofKubelet = kubelet && kubeletCertificateIn(kubelet);
  return [...(kubeadm ? kubeadmCertificatesIn(kubeadm) : []), ...(ofKubelet ? [ofKubelet] : [])].sort(
    (a, b) => a.ends.localeCompare(b.ends),
  );
}

/** A node's certificates, the first to end first; none if kubeadm has made none there. */
export const readCertificates = async (
  host: Host,
  machine: Machine,
  signal: AbortSignal,
): Promise<Certificate[]> => certificatesIn(await runAll(host, certificateQuestions(machine), { signal }));
