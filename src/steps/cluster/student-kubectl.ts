import { createHash } from "node:crypto";
import { z } from "zod";
import type { CheckContext, Facts, Probes } from "../../engine/step.ts";
import { asUser, rights } from "../../hosts/rights.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { adminConf, applyInput, ask, kubectl } from "../../kubernetes/kubectl.ts";
import { students } from "../../kubernetes/students.ts";
import { writeAllYaml } from "../../lab/yaml.ts";
import { backUp, restore } from "../../linux/backup.ts";
import { step } from "../step.ts";

/** Accounts that become root can take the administrator's kubeconfig; the others get a separate one. */
const usersOf = ({ machine }: Pick<CheckContext, "machine">): string[] =>
  (machine.users ?? []).filter(({ sudo }) => sudo === "none").map(({ name }) => name);

/** The name of an account's ServiceAccount: account names may be invalid for objects. */
export const objectOf = (user: string): string =>
  `${user.replaceAll(/[^a-z0-9]/g, "x")}-${createHash("sha256").update(user).digest("hex").slice(0, 6)}`;

const ownerOf = (user: string): string => `student-kubectl-${user}`;

/** What all students may see of the cluster; a RoleBinding in each namespace holds what they may do there. */
const common = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: students.namespace } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: students.namespace },
    rules: [{ apiGroups: [""], resources: ["nodes", "namespaces"], verbs: ["get", "list", "watch"] }],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: students.namespace },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: students.namespace },
    subjects: [students.subject],
  },
];

const objectsOf = (user: string) => [
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: objectOf(user), namespace: students.namespace },
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/service-account-token",
    metadata: {
      name: objectOf(user),
      namespace: students.namespace,
      annotations: { "kubernetes.io/service-account.name": objectOf(user) },
    },
  },
];

/** Prints the kubeconfig of an account. `printf` is the shell's own, so that the token is in no argument list. */
const configOf = (user: string): Command => {
  const of = (path: string) =>
    sh`$(${kubectl(sh`-n ${students.namespace} get secret ${objectOf(user)} -o ${`jsonpath={.data.${path}}`}`)})`;
  const server = sh`$(sed -n 's/^ *server: //p' ${adminConf})`;
  return sh`{
    token=${of("token")} ca=${of("ca\\.crt")}
    [ -n "$token" ] && printf '%s\n' 'apiVersion: v1' 'kind: Config' 'current-context: student' \
      'clusters:' '- name: cluster' "  cluster: { server: '${server}', certificate-authority-data: $ca }" \
      'users:' '- name: student' "  user: { token: $(printf %s "$token" | base64 -d) }" \
      'contexts:' '- name: student' '  context: { cluster: cluster, user: student }'
  }`;
};

const taking = sh`
  umask 077
  [ -d .kube ] || mkdir .kube || exit 1
  cat >.kube/config.new && mv -f .kube/config.new .kube/config`;

const lacking = (facts: Facts, context: CheckContext): string[] =>
  usersOf(context).filter((user) => facts[`account.${user}`]?.code !== 0);

/** Accounts that the lab file no longer has, or that become root now. A ServiceAccount's token is deleted with it. */
function leftIn(facts: Facts, { lab }: CheckContext): string[] {
  const wanted = new Set([
    "default",
    ...lab.machines.flatMap((machine) => usersOf({ machine }).map(objectOf)),
  ]);
  const found = facts["service accounts"]?.stdout ?? "";
  return found
    .split("\n")
    .flatMap((line) => line.split("/")[1] ?? [])
    .filter((name) => !wanted.has(name));
}

export const studentKubectl = step({
  summary:
    "Gives accounts that cannot become root a kubeconfig that works in the namespaces of started exercises only.",
  params: z.strictObject({}),

  probe: (_, context): Probes => ({
    "service accounts": ask(sh`-n ${students.namespace} get serviceaccounts -o name`),
    ...Object.fromEntries(
      usersOf(context).map((user) => [
        `account.${user}`,
        sh`${rights}
        config=$(${configOf(user)}) &&
          [ "$(${asUser(user, sh`head -c 65536 .kube/config`)} | sha256sum)" = "$(printf '%s\n' "$config" | sha256sum)" ]`,
      ]),
    ),
  }),

  check: (facts: Facts, _, context) => [
    ...lacking(facts, context).map(
      (user) => `${user} has no kubeconfig for the cluster on ${context.machine.name}`,
    ),
    ...leftIn(facts, context).map((name) => `the ServiceAccount ${name} belongs to no account`),
  ],

  apply: async (host, _, context, facts: Facts) => {
    const left = leftIn(facts, context);
    if (left.length > 0)
      await host.run(
        kubectl(sh`-n ${students.namespace} delete --ignore-not-found serviceaccount ${left}`, 60),
      );
    const users = lacking(facts, context);
    if (users.length === 0) return;
    const objects = [...common, ...users.flatMap(objectsOf)];
    await host.run(sh`printf %s ${writeAllYaml(objects)} | ${applyInput}`);
    for (const user of users) {
      const home = (await host.run(sh`getent passwd ${user} | cut -d: -f6`)).stdout.trim();
      await host.run(backUp(ownerOf(user), { files: [`${home}/.kube/config`] }));
      await host.run(sh`${rights}
        umask 077
        for try in 1 2 3 4 5 6 7 8 9 10; do
          config=$(${configOf(user)}) && break
          sleep 1
        done
        [ -n "$config" ] && printf '%s\n' "$config" | { ${asUser(user, taking)}; }`);
    }
  },

  undo: async (host, _, context) => {
    for (const user of usersOf(context)) await restore(host, context, ownerOf(user));
    await host.run(sh`[ ! -e ${adminConf} ] ||
      ${kubectl(sh`delete --ignore-not-found --wait=false namespace/${students.namespace} clusterrole/${students.namespace} clusterrolebinding/${students.namespace}`)} || true`);
  },

  patience: { seconds: 10, for: "the tokens of the accounts" },
});
