import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const object = (kind: string, rest: object) => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "key" },
  ...rest,
});
const secret = (value: string) =>
  json(object("Secret", { data: { password: Buffer.from(value).toString("base64") } }));
const pod = object("Pod", {
  spec: { containers: [{ env: [{ valueFrom: { secretKeyRef: { name: "key", key: "password" } } }] }] },
});
const items = (...all: object[]) => json({ kind: "List", items: all });

export const cases: StepCases = {
  params: { namespace: "shop", secret: "key", key: "password", value: "flour" },
  fresh: { differences: ["the API server does not answer"] },
  right: { secret: secret("flour"), others: items(pod) },
  wrong: {
    "a ConfigMap that shows the value": {
      facts: { others: items(pod, object("ConfigMap", { data: { text: "password=flour" } })) },
      differences: ["the ConfigMap key shows the value that should be secret as plain text"],
    },
    "no Secret": {
      facts: { secret: said("") },
      differences: ["the Secret key is missing in the namespace shop"],
    },
    "a Secret without the key": {
      facts: { secret: json(object("Secret", { data: {} })) },
      differences: ["the Secret key has no password"],
    },
    "another value": {
      facts: { secret: secret("sugar") },
      differences: ["password of the Secret key is not the value that was asked for"],
    },
    "a line's end behind the value": {
      facts: { secret: secret("flour\n") },
      differences: ["password of the Secret key has a blank or a line's end around it"],
    },
    "an API server that does not answer for the others": {
      facts: { others: nothing },
      differences: ["the API server does not answer"],
    },
    "an API server that does not answer for the Secret": {
      facts: { secret: nothing },
      differences: ["the API server does not answer"],
    },
  },
};
