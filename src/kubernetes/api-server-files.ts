import { createHash } from "node:crypto";
import { type Command, sh } from "../hosts/sh.ts";
import type { ClusterSettings } from "../lab/cluster-settings.ts";
import { writeYaml } from "../lab/yaml.ts";
import { kubectl } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";

type AuditPolicy = NonNullable<ClusterSettings["auditPolicy"]>;

/** The files that the API server reads besides kubeadm's. Only root enters the folder. */
export const apiServerFolder = "/etc/labwright/api-server";

export const auditLog = "/var/log/kubernetes/audit/audit.log";

const policyText = (policy: AuditPolicy): string =>
  `# Written by labwright.\n${writeYaml({ apiVersion: "audit.k8s.io/v1", kind: "Policy", ...policy })}`;

/** The policy's file. The API server reads it only when it starts: another policy has another name, and restarts it. */
export function auditPolicyFile(policy: AuditPolicy): { path: string; content: string } {
  const content = policyText(policy);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  return { path: `${apiServerFolder}/audit-policy-${hash}.yaml`, content };
}

/** With the first file the API server writes Secrets encrypted, with the second one in plain text; it reads both. */
export const encryptionFile = `${apiServerFolder}/encryption.yaml`;
export const decryptionFile = `${apiServerFolder}/decryption.yaml`;

const keyProvider = sh`- secretbox: { keys: [{ name: key1, secret: "$key" }] }`;
const noProvider = sh`- identity: {}`;

const writeProviders = (file: string, first: Command, second: Command): Command => sh`
  umask 077 && cat >${`${file}.new`} <<END && mv ${`${file}.new`} ${file}
# Written by labwright.
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      ${first}
      ${second}
END
`;

/** Makes the key on the machine, once: nobody sees it, and data that it encrypted can be read with no other one. */
export const makeEncryption: Command = sh`
  [ -s ${encryptionFile} ] || {
    key=$(head -c 32 /dev/urandom | base64)
    ${writeProviders(encryptionFile, keyProvider, noProvider)}
  }`;

export const makeDecryption: Command = sh`
  key=$(sed -n 's/.*secret: "\(.*\)".*/\1/p' ${encryptionFile})
  [ -n "$key" ] || exit 1
  ${writeProviders(decryptionFile, noProvider, keyProvider)}`;

/**
 * Prints how many Secrets are in etcd in plain text, and how many encrypted. Their values stay on the machine: encrypted
 * ones begin with `k8s:enc:`, which is azhzOmVu in base64.
 */
export const countSecrets: Command = sh`
  etcd=$(${nodeProgram("crictl")} ps -q --name '^etcd$' | head -n 1) && [ -n "$etcd" ] &&
  found=$(${nodeProgram("crictl")} exec "$etcd" etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt \
    --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key get /registry/secrets/ --prefix -w json) &&
  printf '%s' "$found" | grep -o '"value":"[^"]*' | awk '/^"value":"azhzOmVu/ { encrypted++; next } { plain++ } END { print plain + 0, encrypted + 0 }'`;

/** What `countSecrets` printed; undefined if etcd does not answer. */
export function secretCounts({ code, stdout }: { code: number; stdout: string }) {
  const [, plain, encrypted] = /^(\d+) (\d+)$/.exec(stdout.trim()) ?? [];
  return code === 0 && plain !== undefined
    ? { plain: Number(plain), encrypted: Number(encrypted) }
    : undefined;
}

/** Has the API server write each Secret again, as it does with new ones. One that changes meanwhile makes it fail. */
export const rewriteSecrets: Command = sh`
  for attempt in 1 2 3; do
    ${kubectl(sh`get secrets --all-namespaces -o json`, 60)} | ${kubectl(sh`replace -f -`, 60)} >/dev/null && exit 0
    sleep 1
  done
  exit 1`;

/** Removes the files of settings that the lab file does not have any more. */
export const removeOthers = (kept: readonly string[]): Command => sh`
  [ ! -d ${apiServerFolder} ] || {
    for file in ${apiServerFolder}/*; do
      printf '%s\n' ${kept} | grep -qxF "$file" || rm -f "$file"
    done
    rmdir --ignore-fail-on-non-empty ${apiServerFolder}
  }`;
