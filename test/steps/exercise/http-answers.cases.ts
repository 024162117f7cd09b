import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const visitor = (image: string) =>
  json({
    kind: "Deployment",
    metadata: { name: "visitor" },
    spec: { template: { spec: { containers: [{ name: "visitor", image }] } } },
  });
const asked = "asked from deployment visitor, http://my-app/";
const atNodePort = { namespace: "shop", service: "page", says: ["Welcome"] };
const page = {
  port: said("30081"),
  "node.cp": said("200\tWelcome!\n"),
  "node.w1": said("200\tWelcome!\n"),
};
const failed = (printed: string, difference: string) => ({
  facts: { answer: said(`${printed}\n`, 1) },
  differences: [`${asked} ${difference}`],
});

export const cases: StepCases = {
  params: {
    namespace: "shop",
    from: "deployment/visitor",
    url: "http://my-app/",
    says: ["name: my-app"],
  },
  fresh: { differences: [`${asked} cannot be asked: `] },
  right: { answer: said("name: my-app\nversion: 1\n"), asker: visitor("docker.io/labwright/web:1") },
  alsoRight: {
    "a page at a NodePort": { params: atNodePort, facts: page },
    "an asker that is gone meanwhile": { facts: { asker: said("") } },
  },
  wrong: {
    "other words": {
      facts: { answer: said("name: other\nversion: 1\n") },
      differences: [`${asked} answers without "name: my-app": name: other, version: 1`],
    },
    "no name": failed(
      'web: Get "http://my-app/": dial tcp: lookup my-app on 10.96.0.10:53: no such host',
      "has a name that is not known",
    ),
    "no port": failed(
      "web: dial tcp 10.96.1.2:80: connect: connection refused",
      "does not answer: connection refused",
    ),
    "an error": failed("web: http://my-app/ answers with status 403", "answers with status 403"),
    "no answer in time": failed("web: context deadline exceeded", "does not answer in time"),
    "nothing to ask from": failed(
      'Error from server (NotFound): deployments.apps "visitor" not found',
      "cannot be asked: there is nothing to ask from",
    ),
    "another program asks": {
      facts: { asker: visitor("forged:1") },
      differences: [
        "deployment visitor runs forged:1 instead of labwright/web, so its word counts for nothing",
      ],
    },
    "nodes that do not answer": {
      params: atNodePort,
      facts: { ...page, "node.cp": said("000\t"), "node.w1": said("502\tBad\n") },
      differences: ["cp does not answer", "w1 answers with status 502"],
    },
    "another page": {
      params: atNodePort,
      facts: { ...page, "node.w1": said("200\tIt works!") },
      differences: ['w1 answers without "Welcome": It works!'],
    },
    "a Service without a NodePort": {
      params: atNodePort,
      facts: { ...page, port: said("") },
      differences: ["the service page is on no port of the nodes"],
    },
    "no Service": {
      params: atNodePort,
      facts: { ...page, port: nothing },
      differences: ["the service page is on no port of the nodes"],
    },
  },
};
