import { addContext, fromAdminConf } from "../../../src/kubeconfig/context.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

process.env.KUBECONFIG = "/home/me/.kube/config";

const admin = (key = "a2V5") => `apiVersion: v1
kind: Config
clusters: [{ name: kubernetes, cluster: { server: "https://10.89.0.10:6443", certificate-authority-data: Y2E= } }]
users: [{ name: admin, user: { client-certificate-data: Y2VydA==, client-key-data: ${key} } }]
contexts: [{ name: admin@kubernetes, context: { cluster: kubernetes, user: admin } }]
current-context: admin@kubernetes
`;
const mine = (server = "https://192.0.2.7:6443", key?: string) =>
  said(addContext("", fromAdminConf(admin(key), "basics", { server })));

export const cases: StepCases = {
  machine: "localhost",
  changesThisComputer: true,
  checkContext: (checkContext) => ({ ...checkContext, reach: (_, port) => `192.0.2.7:${port}` }),
  fresh: { differences: ["/home/me/.kube/config has no context basics"] },
  right: { admin: said(admin()), mine: mine() },
  wrong: {
    "a kubeconfig of other clusters": {
      facts: { mine: said("apiVersion: v1\nkind: Config\ncontexts: []\n") },
      differences: ["/home/me/.kube/config has no context basics"],
    },
    "an earlier cluster of the lab": {
      facts: { mine: mine(undefined, "b2xk") },
      differences: ["the context basics in /home/me/.kube/config is another cluster's"],
    },
    "an earlier way to the cluster": {
      facts: { mine: mine("https://192.0.2.8:6443") },
      differences: [
        "the context basics in /home/me/.kube/config asks https://192.0.2.8:6443, not https://192.0.2.7:6443",
      ],
    },
    "a control plane without admin.conf": {
      facts: { admin: nothing },
      differences: ["the control plane has no admin.conf"],
    },
  },
};
