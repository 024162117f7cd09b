import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const manifest = (kind: string, name: string) => ({ apiVersion: "v1", kind, metadata: { name } });
const image = "spec.template.spec.containers.*.image";
const service = { ...manifest("Service", "page"), spec: { selector: { "app.kubernetes.io/name": "page" } } };
const deployment = (replicas: number, ...images: string[]) => ({
  ...manifest("Deployment", "page"),
  spec: { replicas, template: { spec: { containers: images.map((one) => ({ image: one })) } } },
});
const present = (...items: object[]) => ({ present: json({ kind: "List", items }) });
const good = deployment(2, "docker.io/library/nginx:stable");

export const cases: StepCases = {
  params: {
    namespace: "shop",
    objects: [deployment(2, "nginx:stable"), service],
    graded: [
      { object: "deployment/page", at: "spec.replicas", as: "replicas", is: 2 },
      { object: "deployment/page", at: image, as: "image", is: "nginx:stable" },
      { object: "deployment/page", at: image, as: "containers", count: 1 },
      { object: "service/page", at: ["spec", "selector", "app.kubernetes.io/name"], as: "selector" },
    ],
  },
  fresh: { differences: ["the API server does not answer"] },
  right: present(good, service),
  wrong: {
    "neither of them": {
      facts: { present: said("") },
      differences: [
        "the deployment page is missing in the namespace shop",
        "the service page is missing in the namespace shop",
      ],
    },
    "other fields": {
      facts: present(deployment(3, "nginx", "web:1"), { ...service, spec: {} }),
      differences: [
        "the deployment page: replicas: 3 seen, 2 expected",
        "the deployment page: image: nginx and web:1 seen, nginx:stable expected",
        "the deployment page: containers: 2 seen, 1 expected",
        "the service page: selector: nothing seen",
      ],
    },
    "no fields": {
      facts: present({ ...good, spec: {} }, service),
      differences: [
        "the deployment page: replicas: nothing seen, 2 expected",
        "the deployment page: image: nothing seen, nginx:stable expected",
        "the deployment page: containers: 0 seen, 1 expected",
      ],
    },
    "one alone, which kubectl prints as no list": {
      facts: { present: json(service) },
      differences: ["the deployment page is missing in the namespace shop"],
    },
    "an API server that does not answer": {
      facts: { present: nothing },
      differences: ["the API server does not answer"],
    },
  },
  apply: {
    "a fresh namespace": { facts: { present: said("") } },
    "one object that differs": { on: "a right machine", facts: present(deployment(3, "nginx"), service) },
  },
  undo: { "a right cluster": {} },
};
