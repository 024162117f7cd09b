import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const token = { name: "kube-api-access-x", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" };
const press = { name: "pages", mountPath: "/usr/share/nginx/html/" };
const pod = (ofPress: object[], ofWriter: object[]) => ({
  pod: json({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "newsroom" },
    spec: {
      containers: [
        { name: "press", volumeMounts: [token, ...ofPress] },
        { name: "writer", volumeMounts: [token, ...ofWriter] },
        { name: "idle" },
      ],
    },
  }),
});
const notShared = "the volume that press has at /usr/share/nginx/html is not one that writer has too";
const params = {
  namespace: "pod-anatomy",
  pod: "newsroom",
  container: "press",
  path: "/usr/share/nginx/html",
  with: "writer",
};

export const cases: StepCases = {
  params,
  fresh: { differences: ["the API server does not answer"] },
  right: pod([press], [{ name: "pages", mountPath: "/news" }]),
  wrong: {
    "no pod": { facts: { pod: said("") }, differences: ["the pod newsroom is missing"] },
    "an API server that does not answer": {
      facts: { pod: nothing },
      differences: ["the API server does not answer"],
    },
    "no volume there": {
      facts: pod([{ name: "pages", mountPath: "/usr/share/nginx" }], [press]),
      differences: ["the container press has no volume at /usr/share/nginx/html"],
    },
    "the other container has no volume": { facts: pod([press], []), differences: [notShared] },
    "the other container has another volume": {
      facts: pod([press], [{ name: "texts", mountPath: "/usr/share/nginx/html" }]),
      differences: [notShared],
    },
    "another part of the volume": {
      facts: pod([press], [{ name: "pages", mountPath: "/news", subPath: "a" }]),
      differences: [notShared],
    },
    "a container without volumes": {
      params: { ...params, container: "idle" },
      differences: ["the container idle has no volume at /usr/share/nginx/html"],
    },
  },
};
