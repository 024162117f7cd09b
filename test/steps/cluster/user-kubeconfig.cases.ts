import { addContext, fromAdminConf } from "../../../src/kubeconfig/context.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

process.env.KUBECONFIG = "/home/me/.kube/config";

const admin = (key = "a2V5", certificate = "Y2VydA==", authority = "Y2E=") => `apiVersion: v1
kind: Config
clusters: [{ name: kubernetes, cluster: { server: "https://10.89.0.10:6443", certificate-authority-data: ${authority} } }]
users: [{ name: admin, user: { client-certificate-data: ${certificate}, client-key-data: ${key} } }]
contexts: [{ name: admin@kubernetes, context: { cluster: kubernetes, user: admin } }]
current-context: admin@kubernetes
`;
const mine = (server = "https://192.0.2.7:6443", ...of: Parameters<typeof admin>) =>
  said(addContext("", fromAdminConf(admin(...of), "basics", { server })));
const otherCluster = ["the context basics in /home/me/.kube/config is another cluster's"];
const otherLogin = [
  "the context basics in /home/me/.kube/config has another client certificate than admin.conf",
];

export const cases: StepCases = {
  machine: "localhost",
  changesThisComputer: true,
  context: (context) => ({ ...context, reach: (_, port) => `192.0.2.7:${port}` }),
  fresh: { differences: ["/home/me/.kube/config has no context basics"] },
  right: { admin: said(admin()), mine: mine() },
  wrong: {
    "a kubeconfig of other clusters": {
      facts: { mine: said("apiVersion: v1\nkind: Config\ncontexts: []\n") },
      differences: ["/home/me/.kube/config has no context basics"],
    },
    "an earlier key": { facts: { mine: mine(undefined, "b2xk") }, differences: otherLogin },
    "an earlier certificate": { facts: { mine: mine(undefined, "a2V5", "b2xk") }, differences: otherLogin },
    "an earlier certificate authority": {
      facts: { mine: mine(undefined, "a2V5", "Y2VydA==", "b2xk") },
      differences: otherCluster,
    },
    "another cluster elsewhere": {
      facts: { mine: mine("https://192.0.2.8:6443", "b2xk", "b2xk", "b2xk") },
      differences: otherCluster,
    },
    "a kubeconfig that is not YAML": {
      facts: { mine: said("users: [") },
      differences: [
        "/home/me/.kube/config:1:9: this is not YAML: unexpected end of the stream within a flow collection",
      ],
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
