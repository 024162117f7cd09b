/** The accounts of a lab that cannot become root, as the cluster knows them: a group of ServiceAccounts in one namespace. */
const namespace = "labwright-students";

export const students = {
  namespace,
  subject: {
    apiGroup: "rbac.authorization.k8s.io",
    kind: "Group",
    name: `system:serviceaccounts:${namespace}`,
  },
};

/** Lets students do in a namespace what its work needs, and nothing to the namespace itself. */
export const studentsIn = (where: string): object => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "labwright-students", namespace: where },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "admin" },
  subjects: [students.subject],
});
