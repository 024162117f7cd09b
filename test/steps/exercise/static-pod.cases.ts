import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "notice", namespace: "shop" } };
const copy = ({ metadata = {}, image = "nginx:stable", ready = "True", status = {} }) =>
  json({
    ...pod,
    metadata: {
      name: "notice-w1",
      namespace: "shop",
      annotations: { "kubernetes.io/config.mirror": "5f1c", "kubernetes.io/config.source": "file" },
      ownerReferences: [{ kind: "Node", name: "w1", controller: true }],
      ...metadata,
    },
    spec: { containers: [{ name: "web", image }] },
    status: { phase: "Running", conditions: [{ type: "Ready", status: ready }], ...status },
  });
const notOfKubelet = ["the pod notice-w1 was not made by the kubelet of w1 from a manifest file"];

export const cases: StepCases = {
  machine: "w1",
  params: { file: "notice", pod: { ...pod, spec: { containers: [{ name: "web", image: "nginx:stable" }] } } },
  fresh: { differences: ["the API server does not answer"] },
  right: { pod: copy({}) },
  alsoRight: {
    "the image by its long name": { facts: { pod: copy({ image: "docker.io/library/nginx:stable" }) } },
  },
  wrong: {
    "no pod": { facts: { pod: said("") }, differences: ["the cluster has no pod notice-w1"] },
    "an ordinary pod": {
      facts: { pod: copy({ metadata: { annotations: {}, ownerReferences: [] } }) },
      differences: notOfKubelet,
    },
    "a pod that was sent to the kubelet by the API server": {
      facts: { pod: copy({ metadata: { annotations: { "kubernetes.io/config.source": "api" } } }) },
      differences: notOfKubelet,
    },
    "another node's": {
      facts: { pod: copy({ metadata: { ownerReferences: [{ kind: "Node", name: "cp" }] } }) },
      differences: notOfKubelet,
    },
    "an image that cannot be had": {
      facts: {
        pod: copy({
          image: "ngnix:stable",
          ready: "False",
          status: {
            phase: "Pending",
            containerStatuses: [{ state: { waiting: { reason: "ErrImagePull" } } }],
          },
        }),
      },
      differences: [
        "the pod notice-w1 is not ready: ErrImagePull",
        "the pod notice-w1 runs ngnix:stable, nginx:stable expected",
      ],
    },
    "one that is starting": {
      facts: { pod: copy({ ready: "False", status: { phase: "Pending" } }) },
      differences: ["the pod notice-w1 is not ready: Pending"],
    },
    "an API server that does not answer": {
      facts: { pod: nothing },
      differences: ["the API server does not answer"],
    },
  },
  apply: { "a typo in the file": {} },
  undo: { "a right machine": {} },
};
