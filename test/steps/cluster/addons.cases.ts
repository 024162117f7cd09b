import type { CheckContext } from "../../../src/engine/step.ts";
import type { Cluster } from "../../../src/lab/types.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { json, said, withLab } from "../../support/steps.ts";

const withAddons =
  (...addons: NonNullable<Cluster["addons"]>) =>
  (context: CheckContext): CheckContext =>
    withLab({ cluster: { ...context.lab.cluster, addons } })(context);

const object = (apiVersion: string, kind: string, addon: string | undefined, name: string, more = {}) => ({
  apiVersion,
  kind,
  metadata: { name, ...(addon && { labels: { "labwright/addon": addon } }), ...more },
});

const inSystem = { namespace: "kube-system" };
const deployment = (name: string, more = {}) => ({
  ...object("apps/v1", "Deployment", name, name, { ...inSystem, generation: 1, ...more }),
  status: { observedGeneration: 1, updatedReplicas: 1, readyReplicas: 1 },
});
const apiService = object(
  "apiregistration.k8s.io/v1",
  "APIService",
  "metrics-server",
  "v1beta1.metrics.k8s.io",
);
const places = "apiservice/v1beta1.metrics.k8s.io deployment/kube-system/metrics-server";
const file = (name: string, heading: string, objects: string) =>
  `/etc/labwright/addon-${name}.yaml\n# Written by labwright: ${heading}\n# Objects: ${objects}\n`;
const installed = file("metrics-server", "metrics-server 0.8.0 adaptation 1", places);
const metrics = (...names: string[]) =>
  json({ items: names.map((name) => ({ metadata: { name }, usage: { cpu: "90m", memory: "800Mi" } })) });

const ofLocalPath = (name: string) => `/etc/labwright/addon-${name}.yaml`;
const namespace = object("v1", "Namespace", "local-path-provisioner", "local-path-storage");
const storageClass = object("storage.k8s.io/v1", "StorageClass", "local-path-provisioner", "local-path");
const somebodys = object("storage.k8s.io/v1", "StorageClass", undefined, "fast");
const inNamespace = { namespace: "local-path-storage" };
const secret = object("v1", "Secret", undefined, "backup-key", inNamespace);
const inEach = object("v1", "ConfigMap", undefined, "kube-root-ca.crt", inNamespace);
const list = (...items: object[]) => JSON.stringify({ items });
const twoNames = `${installed}${file("local-path-provisioner", "local-path-provisioner 0.0.30 adaptation 1", "")}`;

export const cases: StepCases = {
  context: withAddons("metrics-server"),
  fresh: { facts: { objects: json({ items: [] }) }, differences: ["metrics-server 0.8.0 is not installed"] },
  right: {
    files: said(installed),
    objects: json({ items: [apiService, deployment("metrics-server")] }),
    "proof-metrics-server": metrics("cp", "w1"),
  },
  alsoRight: {
    "a lab without addons": {
      context: withAddons(),
      facts: { files: said(""), objects: json({ items: [] }) },
    },
    "a machine without a cluster, in a lab without addons": {
      context: withAddons(),
      facts: { files: said(""), objects: said("", 1) },
    },
  },
  wrong: {
    "no answer": { facts: { objects: said("", 1) }, differences: ["the API server does not answer"] },
    "an earlier adaptation": {
      facts: { files: said(installed.replace("adaptation 1", "adaptation 0")) },
      differences: ["metrics-server 0.8.0 is not installed"],
    },
    "an object that somebody deleted": {
      facts: { objects: json({ items: [deployment("metrics-server")] }) },
      differences: ["apiservice/v1beta1.metrics.k8s.io of metrics-server is missing"],
    },
    "a pod that is not Ready": {
      facts: { objects: json({ items: [apiService, { ...deployment("metrics-server"), status: {} }] }) },
      differences: ["the pod of the Deployment metrics-server is not Ready"],
    },
    "a node without values": {
      facts: { "proof-metrics-server": metrics("w1") },
      differences: ["`kubectl top nodes` has no value for cp"],
    },
    "an addon that the lab file does not name any more": {
      facts: { files: said(twoNames) },
      differences: ["local-path-provisioner is installed, and the lab file does not name it"],
    },
    "an addon whose file is gone": {
      context: withAddons(),
      facts: { files: said(""), objects: json({ items: [deployment("skipper")] }) },
      differences: ["skipper is installed, and the lab file does not name it"],
    },
  },
  apply: {
    "a cluster without addons": {
      facts: { objects: json({ items: [] }) },
      answers: [["draft-addon-metrics-server.yaml", ""]],
    },
    "a metrics-server that somebody else installed": {
      facts: { objects: json({ items: [] }) },
      answers: [
        [
          "draft-addon-metrics-server.yaml",
          list(object("apps/v1", "Deployment", undefined, "metrics-server", inSystem)),
        ],
      ],
      throws:
        /cannot install the addon metrics-server: the cluster has deployment\/kube-system\/metrics-server, which labwright did not create/,
    },
    "an object of an earlier release": {
      facts: { files: said(""), objects: json({ items: [] }) },
      answers: [
        ["draft-addon-metrics-server.yaml", ""],
        ["-l labwright/addon", list(object("v1", "ConfigMap", "metrics-server", "former", inSystem))],
      ],
    },
    "an addon that the lab file does not name any more": {
      on: "a right machine",
      facts: { files: said(twoNames) },
      answers: [
        ["-l labwright/addon", list(namespace, storageClass)],
        [ofLocalPath("local-path-provisioner"), list(storageClass, somebodys)],
        ["persistentvolumes -o", "pvc-0a default/data\n"],
        ["get configmaps,secrets", list(inEach)],
      ],
      notes: ["removing local-path-provisioner"],
    },
    "an addon in whose namespace somebody keeps something": {
      on: "a right machine",
      facts: { files: said(twoNames) },
      answers: [
        ["-l labwright/addon", list(namespace, storageClass)],
        [ofLocalPath("local-path-provisioner"), list(storageClass)],
        ["get configmaps,secrets", list(inEach, secret)],
      ],
    },
  },
  undo: { "a right cluster": {} },
};
