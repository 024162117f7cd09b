import { z } from "zod";
import { type Command, sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { objectName } from "../../kubernetes/objects.ts";
import { step } from "../step.ts";

const request = /^([a-z]+|\*) ([a-z][a-z.-]*|\*)(?:\/([a-z]+))?(?: in ([a-z0-9-]+))?$/;

const requests = z.array(
  z
    .string()
    .regex(request, "a verb and a resource are expected, such as `list pods` or `list pods in default`"),
);

/** The API server answers for the account itself, out of all roles that are bound to it and to its groups. */
export const accountMay = step({
  summary: "Expects a service account to have certain rights in the cluster, and not to have others.",
  params: z.strictObject({
    namespace: objectName.describe("The namespace of the account, and of what it asks for."),
    account: objectName.describe("The name of the service account."),
    may: requests.describe("What it must be able to do: `list pods`, or `list pods in default`."),
    mayNot: requests.default([]).describe("What it must not be able to do, in the same words."),
  }),
  example: { namespace: "shop", account: "reporter", may: ["list pods"], mayNot: ["delete pods"] },

  probe: (params) => ({
    account: kubectl(
      sh`-n ${params.namespace} get serviceaccount ${params.account} --ignore-not-found -o name`,
    ),
    ...Object.fromEntries([...params.may, ...params.mayNot].map((one) => [one, mayIt(one, params)])),
  }),

  check: (facts: Readonly<Record<string, { code: number; stdout: string }>>, { account, may, mayNot }) => {
    if (facts.account?.code !== 0) return ["the API server does not answer"];
    if (facts.account.stdout.trim() === "") return [`the service account ${account} is missing`];
    const answerTo = (one: string) => facts[one]?.stdout.trim();
    if ([...may, ...mayNot].some((one) => !["yes", "no"].includes(answerTo(one) ?? "")))
      return ["the API server does not answer"];
    return [
      ...may
        .filter((one) => answerTo(one) === "no")
        .map((one) => `the service account ${account} may not ${one}`),
      ...mayNot
        .filter((one) => answerTo(one) === "yes")
        .map((one) => `the service account ${account} may ${one}, which it does not need`),
    ];
  },

  patience: { seconds: 30, for: "the account's rights" },
});

/** Prints `yes` or `no`; a warning that a resource has no namespace goes to the standard error. */
function mayIt(one: string, { namespace, account }: { namespace: string; account: string }): Command {
  const [, verb = "", resource = "", part, where = namespace] = request.exec(one) ?? [];
  // kubectl would read `pods/log` as the pod of the name log.
  const subresource = part === undefined ? [] : [`--subresource=${part}`];
  return kubectl(
    sh`auth can-i ${verb} ${resource} ${subresource} -n ${where} --as ${`system:serviceaccount:${namespace}:${account}`}`,
  );
}
