import { X509Certificate } from "node:crypto";
import { isIPv4 } from "node:net";
import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { jsonOf } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";
import { startControlPlane, stopControlPlane } from "./static-pods.ts";

/** One certificate of a node. */
export interface Certificate {
  /** kubeadm's name, such as `apiserver`, or `kubelet`. */
  name: string;
  /** When it ends: ISO 8601. */
  ends: string;
  /** Who renews it: `labwright certs renew`, or nobody. kubeadm does not renew certificate authorities. */
  renewal: "certs renew" | "none";
}

/** Certificates with fewer days left are warned of and renewed. */
export const renewalDays = 30;

const day = 24 * 60 * 60 * 1000;

/** Whole days until a certificate ends; negative after its end. */
export const daysLeft = ({ ends }: Pick<Certificate, "ends">, now = Date.now()): number =>
  Math.floor((Date.parse(ends) - now) / day);

export const endsSoon = (certificate: Certificate, now = Date.now()): boolean =>
  daysLeft(certificate, now) < renewalDays;

/** The current certificate and key of the kubelet, which renews them by itself while it reaches the API server. */
const kubeletFile = "/var/lib/kubelet/pki/kubelet-client-current.pem";

/** Questions about a node's certificates; no key is printed. */
export const askCertificates: Command = sh`${nodeProgram("kubeadm")} certs check-expiration -o json 2>/dev/null`;
export const askKubeletCertificate: Command = sh`sed -n '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/p' ${kubeletFile}`;

interface Expiration {
  name: string;
  expirationDate: string;
  externallyManaged?: boolean;
  missing?: boolean;
}

interface ExpirationInfo {
  certificates?: Expiration[];
  certificateAuthorities?: Expiration[];
}

/** The certificates in the answer to `askCertificates`; none if kubeadm made none on the machine. */
export function kubeadmCertificatesIn(output: Output): Certificate[] {
  const info = jsonOf<ExpirationInfo>(output);
  const read = (all: Expiration[] | undefined, renewal: Certificate["renewal"]): Certificate[] =>
    (all ?? [])
      .filter(({ missing }) => !missing)
      .map(({ name, expirationDate, externallyManaged }) => ({
        name,
        ends: new Date(expirationDate).toISOString(),
        renewal: externallyManaged ? "none" : renewal,
      }));
  return [...read(info?.certificates, "certs renew"), ...read(info?.certificateAuthorities, "none")];
}

/** The kubelet's certificate in the answer to `askKubeletCertificate`; undefined if the machine has joined nothing. */
export function kubeletCertificateIn(output: Output): Certificate | undefined {
  const ends = parsed(output)?.validToDate.toISOString();
  return ends === undefined ? undefined : { name: "kubelet", ends, renewal: "certs renew" };
}

/** The name that the kubelet's certificate gives it for the API server: `system:node:w1`. */
export const kubeletUserIn = (output: Output): string | undefined =>
  /^CN=(.*)$/m.exec(parsed(output)?.subject ?? "")?.[1];

/** Which of the names and addresses a certificate is not for; all of them if the answer has no certificate. */
export function namesMissingIn(output: Output, names: readonly string[]): string[] {
  const certificate = parsed(output);
  return names.filter((name) => (isIPv4(name) ? !certificate?.checkIP(name) : !certificate?.checkHost(name)));
}

const parsed = ({ stdout }: Output): X509Certificate | undefined =>
  stdout.includes("-BEGIN CERTIFICATE-") ? new X509Certificate(stdout) : undefined;

/** Exists from before the first renewed certificate until everything that read the old ones has been started again. */
const mark = "/etc/kubernetes/labwright-certs-restart";

/** Whether an earlier renewal did not end: the control plane may still work with old certificates. */
export const isRestartLeft: Command = sh`test -e ${mark}`;

/** On a control plane: renews certificates of kubeadm's by name, and restarts the control plane with them. */
export const renewAndRestart = (names: readonly string[]): Command => sh`
  touch ${mark} || exit 1
  for name in ${names}; do
    echo "renewing $name"
    ${nodeProgram("kubeadm")} certs renew "$name" || exit 1
  done
  echo "stopping the control plane"
  { ${stopControlPlane}; } || exit 1
  echo "starting the control plane"
  { ${startControlPlane}; } || { echo "the API server was not ready within 180 s" >&2; exit 1; }
  rm -f ${mark}`;

/** On a control plane: prints a new certificate and key for a kubelet, signed by the cluster's CA. */
export const signKubelet = (user: string): Command => sh`
  config=$(${nodeProgram("kubeadm")} kubeconfig user --org system:nodes --client-name ${user} 2>/dev/null) || exit 1
  for part in certificate key; do
    printf '%s\n' "$config" | sed -n "s/^ *client-$part-data: //p" | base64 -d
  done`;

/** The file for a kubelet's new certificate and key, named as the kubelet names its own: by the time, in UTC. */
export const newKubeletFile = (now = new Date()): string =>
  `/var/lib/kubelet/pki/kubelet-client-${now.toISOString().slice(0, 19).replaceAll(/[T:]/g, "-")}.pem`;

/** Has the kubelet work with the certificate and key in `file`. */
export const takeKubeletFile = (file: string): Command => sh`
  ln -sfn ${file} ${`${kubeletFile}.new`} && mv -T ${`${kubeletFile}.new`} ${kubeletFile} && systemctl restart kubelet`;
