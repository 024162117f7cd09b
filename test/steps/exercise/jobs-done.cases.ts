import { listOf, object, pod } from "../../support/kube-samples.ts";
import type { StepCases } from "../../support/step-cases.ts";

const complete = { status: { conditions: [{ type: "Complete", status: "True" }] } };
const done = (name: string, phase: string, job = "count") =>
  pod(name, { controller: job, status: { phase } });
const scheduled = { "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-11-30T03:00:00Z" };
const started = (name: string, annotations: object, more: object = complete) => ({
  ...object("Job", name, more),
  metadata: {
    name,
    uid: `uid-${name}`,
    annotations,
    ownerReferences: [{ name: "closing", uid: "uid-closing", controller: true }],
  },
});
const job = { namespace: "shop", job: "count", failures: 2, completions: 1 };
const cronJob = { namespace: "shop", cronJob: "closing" };
const objects = (...items: object[]) => ({ objects: listOf(...items) });
const failed = [done("a", "Failed"), done("b", "Failed"), done("x", "Failed", "other")];

export const cases: StepCases = {
  params: job,
  fresh: { differences: ["the API server does not answer"] },
  right: objects(object("Job", "count", complete), ...failed, done("c", "Succeeded")),
  alsoRight: {
    "a pod whose container was started again": {
      facts: objects(
        object("Job", "count", complete),
        pod("a", {
          controller: "count",
          status: { phase: "Succeeded", containerStatuses: [{ restartCount: 2 }] },
        }),
      ),
    },
    "a Job that still tries": {
      params: { ...job, completions: 0 },
      facts: objects(object("Job", "count"), ...failed),
    },
    "a CronJob": {
      params: cronJob,
      facts: objects(
        object("CronJob", "closing"),
        started("closing-1", scheduled),
        started("closing-2", scheduled, {}),
      ),
    },
  },
  wrong: {
    "no Job": { facts: objects(...failed), differences: ["the job count is missing"] },
    "a Job that has not ended": {
      facts: objects(object("Job", "count"), ...failed),
      differences: ["the job count is not complete: 0 pods succeeded, 1 expected"],
    },
    "nothing has failed": {
      facts: objects(object("Job", "count", complete), done("c", "Succeeded")),
      differences: ["the job count has tried nothing again: 0 failures seen, 2 expected"],
    },
    "no CronJob": { params: cronJob, facts: objects(), differences: ["the cronjob closing is missing"] },
    "a Job that was started by hand": {
      params: cronJob,
      facts: objects(
        object("CronJob", "closing"),
        started("closing-1", { "cronjob.kubernetes.io/instantiate": "manual" }),
      ),
      differences: ["the cronjob closing has completed 0 jobs by its schedule and 1 by hand, 1 expected"],
    },
    "a Job that does not succeed": {
      params: cronJob,
      facts: objects(object("CronJob", "closing"), started("closing-1", scheduled, {})),
      differences: ["the cronjob closing has completed 0 jobs by its schedule, 1 expected"],
    },
    "a Job of an earlier CronJob": {
      params: cronJob,
      facts: objects(
        { ...object("CronJob", "closing"), metadata: { name: "closing", uid: "new" } },
        started("closing-1", scheduled),
      ),
      differences: ["the cronjob closing has completed 0 jobs by its schedule, 1 expected"],
    },
  },
};
