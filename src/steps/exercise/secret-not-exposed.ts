import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { step } from "../step.ts";

export const secretNotExposed = step({
  summary:
    "Expects a Secret to have a value that no pod, workload or ConfigMap of its namespace shows as plain text.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace."),
    secret: objectName.describe("The name of the Secret."),
    key: z.string().min(1).describe("The key of the Secret."),
    value: z.string().min(1).describe("The value of that key."),
  }),
  example: { namespace: "shop", secret: "database", key: "password", value: "flour-and-water" },

  probe: ({ namespace, secret }) => ({
    secret: kubectl(sh`-n ${namespace} get secret/${secret} --ignore-not-found -o json`),
    others: kubectl(
      sh`-n ${namespace} get pods,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,configmaps -o json`,
    ),
  }),

  check: (facts, { namespace, secret, key, value }) => {
    const [object] = objectsIn(facts.secret) ?? [];
    const others = objectsIn(facts.others);
    if (facts.secret.code !== 0 || !others) return ["the API server does not answer"];
    const showing = others.filter((object) => JSON.stringify(object).includes(value));
    return [
      ...secretDifference(object && valuesAt(object, ["data", key])[0]),
      ...showing.map(
        ({ kind, metadata }) =>
          `the ${kind} ${metadata.name} shows the value that should be secret as plain text`,
      ),
    ];

    function secretDifference(data: unknown): string[] {
      if (!object) return [`the Secret ${secret} is missing in the namespace ${namespace}`];
      if (data === undefined) return [`the Secret ${secret} has no ${key}`];
      const text = Buffer.from(String(data), "base64").toString("utf8");
      if (text === value) return [];
      if (text.trim() === value)
        return [`${key} of the Secret ${secret} has a blank or a line's end around it`];
      return [`${key} of the Secret ${secret} is not the value that was asked for`];
    }
  },

  patience: { seconds: 30, for: "the Secret" },
});
