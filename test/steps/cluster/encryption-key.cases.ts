import type { CheckContext, Facts } from "../../../src/engine/step.ts";
import type { Machine } from "../../../src/lab/types.ts";
import { writeYaml } from "../../../src/lab/yaml.ts";
import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const key = "/etc/labwright/api-server/encryption.yaml";

/** The lab's cluster has one control plane, or cp, cp2 and cp3. */
const lab =
  (encryptionAtRest: boolean, more: readonly string[] = []) =>
  (context: CheckContext): CheckContext => {
    const planes = more.map((name): Machine => ({ ...context.machine, name }));
    const { machines, cluster } = context.lab;
    return {
      ...context,
      lab: {
        ...context.lab,
        machines: [...machines, ...planes],
        cluster: { ...cluster, settings: { encryptionAtRest } },
      },
    };
  };
const [one, plain] = [lab(true), lab(false)];
const [three, plainThree] = [lab(true, ["cp2", "cp3"]), lab(false, ["cp2", "cp3"])];

/** What cp2 and cp3 have: a key, none (an empty word), or no cluster. */
const others = (cp2: string | undefined, cp3: string | undefined): Facts => ({
  "key.cp2": cp2 === undefined ? nothing : said(cp2),
  "key.cp3": cp3 === undefined ? nothing : said(cp3),
});
const own = (digest: string | undefined): Facts => ({ key: digest === undefined ? nothing : said(digest) });

/** The manifest of an API server that encrypts. */
const encrypting: Facts = {
  apiServer: said(
    writeYaml({
      spec: {
        containers: [{ command: ["kube-apiserver", `--encryption-provider-config=${key}`] }],
      },
    }),
  ),
};

export const cases: StepCases = {
  context: one,
  fresh: { differences: [`${key} is missing`] },
  right: { mark: said(""), ...own("a"), ...encrypting },
  alsoRight: {
    "no key, if Secrets are not encrypted": { context: plain, facts: own(undefined) },
    "the same key on each, and one that has not joined": { context: three, facts: others("a", undefined) },
  },
  wrong: {
    "another key than that of the others": {
      context: three,
      facts: others("", "b"),
      differences: [`${key} has another key than on cp3`],
    },
    "a key that is gone": {
      context: three,
      facts: { ...own(undefined), ...others("a", "a") },
      differences: [`${key} is missing`],
    },
  },
  refuse: {
    "encrypted after several were made without": {
      context: three,
      facts: { ...own(undefined), ...others("", "") },
      error: /cp: cluster[.]encryptionAtRest is true, and the cluster was made with false/,
    },
    "encrypted by one that joins others that were made without": {
      context: three,
      facts: { mark: nothing, ...own(undefined), ...others("", undefined) },
      error: /cp: cluster[.]encryptionAtRest is true, and the cluster was made with false/,
    },
    "taken out of the lab file of several": {
      context: plainThree,
      error: /cp: cluster[.]encryptionAtRest is false, and the cluster was made with true/,
    },
  },
  apply: {
    "the first one": {},
    "one that joins": {
      context: three,
      facts: { ...own(undefined), ...others("a", undefined) },
      answers: [[`cat ${key}`, "the key of cp2\n"]],
    },
    "one that joins, and has one of an earlier cluster": {
      context: three,
      facts: { ...own("left"), ...others("", "a") },
      answers: [[`cat ${key}`, "the key of cp3\n"]],
    },
    "one that has lost it": {
      on: "a right machine",
      context: three,
      facts: { ...own(undefined), ...others("a", "a") },
      answers: [[`cat ${key}`, "the key of cp2\n"]],
    },
    "one that has lost it, alone": {
      on: "a right machine",
      facts: own(undefined),
      throws: /encryption[.]yaml is missing, with the key of the Secrets in etcd/,
    },
    "another one than that of the others, with which it has encrypted": {
      on: "a right machine",
      context: three,
      facts: others("b", "b"),
      throws: /has another key than on cp2, and each has encrypted Secrets/,
    },
  },
  undo: { "a control plane": { on: "a right machine" } },
};
