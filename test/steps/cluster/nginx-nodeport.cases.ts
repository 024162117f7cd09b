import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing } from "../../support/steps.ts";

const image = "docker.io/library/nginx:latest";
const deployment = (replicas = 2, runs = image) => ({
  kind: "Deployment",
  metadata: { name: "nginx", generation: 1 },
  spec: { replicas, template: { spec: { containers: [{ image: runs }] } } },
});
const service = (type = "NodePort", nodePort = 30080) => ({
  kind: "Service",
  metadata: { name: "nginx" },
  spec: { type, ports: [{ nodePort }] },
});
const objects = (...items: object[]) => ({ objects: json({ kind: "List", items }) });
const missing = ["the deployment nginx is missing", "the service nginx is missing"];

export const cases: StepCases = {
  fresh: { differences: missing },
  right: objects(deployment(), service()),
  alsoRight: {
    "another name, image, number and port": {
      params: { name: "web", namespace: "shop", image: "nginx:stable", replicas: 3, nodePort: 31000 },
      facts: objects(deployment(3, "nginx:stable"), service("NodePort", 31000)),
    },
  },
  wrong: {
    "neither of them in the namespace": { facts: objects(), differences: missing },
    "an API server that does not answer": { facts: { objects: nothing }, differences: missing },
    "the service alone, which kubectl prints as no list": {
      facts: { objects: json(service()) },
      differences: ["the deployment nginx is missing"],
    },
    "a deployment that somebody changed": {
      facts: objects(deployment(5, "nginx:stable"), service()),
      differences: [
        "the deployment nginx has 5 replicas, not 2",
        "the deployment nginx does not run docker.io/library/nginx:latest",
      ],
    },
    "a service that somebody changed": {
      facts: objects(deployment(), service("ClusterIP", 0)),
      differences: [
        "the service nginx is a ClusterIP, not a NodePort",
        "the service nginx is not on port 30080",
      ],
    },
  },
  apply: { "a fresh cluster": {} },
  undo: { "a right cluster": {} },
};
