import type { StepCases } from "../../support/step-cases.ts";
import { json, nothing, said } from "../../support/steps.ts";

const mebibyte = 1_048_576;
const status = ({ size = 10, quota = 40, errors = [] as string[] }) =>
  json([
    {
      Status: {
        header: { member_id: 1, revision: 9 },
        version: "3.6.8",
        dbSize: size * mebibyte,
        dbSizeInUse: mebibyte,
        dbSizeQuota: quota * mebibyte,
        leader: 1,
        errors,
      },
    },
  ]);
const alarm = ["memberID:1 alarm:NOSPACE "];

export const cases: StepCases = {
  params: { free: 24 },
  fresh: { differences: ["etcd does not answer"] },
  right: {
    status: status({}),
    quota: said(`${40 * mebibyte}\n`),
    written: said("2026-11-30T04:00:00.123456Z"),
    clock: said(`${Date.parse("2026-11-30T04:00:30Z") / 1000}\n`),
  },
  alsoRight: { "just enough room": { facts: { status: status({ size: 16 }) } } },
  wrong: {
    "full, with its alarm": {
      facts: { status: status({ size: 41, errors: alarm }) },
      differences: ["etcd's database takes 41 MiB, and its quota was 40 MiB", "etcd has the alarm NOSPACE"],
    },
    "one that is compacted, and as large as before": {
      facts: { status: status({ size: 17 }) },
      differences: ["etcd's database takes 17 MiB, and its quota was 40 MiB"],
    },
    "the alarm alone": {
      facts: { status: status({ errors: alarm }) },
      differences: ["etcd has the alarm NOSPACE"],
    },
    "a larger quota": {
      facts: { status: status({ quota: 8192 }) },
      differences: ["etcd's quota is 8192 MiB, not 40 MiB as at the start"],
    },
    "no lease is renewed": {
      facts: { written: said("2026-11-30T03:59:59.000000Z") },
      differences: ["nothing can be written into the cluster"],
    },
    "an API server that does not answer": {
      facts: { written: nothing },
      differences: ["nothing can be written into the cluster"],
    },
    "an etcd that does not answer": { facts: { status: nothing }, differences: ["etcd does not answer"] },
  },
  apply: { "a full etcd": {} },
};
