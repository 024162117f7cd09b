/** The accounts of a lab that cannot become root, for the cluster: a group of ServiceAccounts in one namespace. */
const namespace = "labwright-students";

export const students = {
  namespace,
  subject: {
    apiGroup: "rbac.authorization.k8s.io",
    kind: "Group",
    name: `system:serviceaccounts:${namespace}`,
  },
};

/** Gives students the rights in a namespace that its work needs, and none on the namespace itself. */
export const studentsIn = (where: string): object => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "labwright-students", namespace: where },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "admin" },
  subjects: [students.subject],
});
