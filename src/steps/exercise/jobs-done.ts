import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { type KubeObject, objectName, objectsIn, valuesAt } from "../../kubernetes/objects.ts";
import { controllerOf, ofKind, uidOf } from "../../kubernetes/owned.ts";
import { count } from "../../wording.ts";
import { step } from "../step.ts";

const namespace = objectName.describe("The namespace.");

/** Set by the CronJob controller alone: `kubectl create job --from` marks its Jobs in another way. */
const scheduled = "batch.kubernetes.io/cronjob-scheduled-timestamp";

const job = z
  .strictObject({
    namespace,
    job: objectName.describe("The name of the Job."),
    failures: z
      .int()
      .min(0)
      .default(0)
      .describe("How often at least one of its pods must have failed before the others succeeded."),
    completions: z
      .int()
      .min(0)
      .describe("How many of its pods must have succeeded; 0 if it may still be running."),
  })
  .describe("A Job:");

const cronJob = z
  .strictObject({
    namespace,
    cronJob: objectName.describe("The name of the CronJob."),
    runs: z
      .int()
      .min(1)
      .default(1)
      .describe("How many Jobs that it started by its schedule must be complete."),
  })
  .describe("A CronJob:");

export const jobsDone = step({
  summary:
    "Expects a Job to have succeeded after failures, or a CronJob to have started Jobs that succeeded.",
  params: z.union([job, cronJob]),
  example: { namespace: "shop", job: "stock-take", failures: 1, completions: 3 },

  probe: ({ namespace }) => ({
    objects: kubectl(sh`-n ${namespace} get jobs,cronjobs,pods -o json`),
  }),

  check: (facts, params) => {
    const objects = objectsIn(facts.objects);
    if (!objects) return ["the API server does not answer"];
    return "job" in params ? jobDifferences(objects, params) : cronJobDifferences(objects, params);
  },

  patience: { seconds: 120, for: "the pods of the Job" },
});

const isComplete = (object: KubeObject): boolean =>
  (valuesAt(object, ["status", "conditions", "*"]) as { type: string; status: string }[]).some(
    ({ type, status }) => type === "Complete" && status === "True",
  );

function jobDifferences(objects: readonly KubeObject[], wanted: z.infer<typeof job>): string[] {
  const found = ofKind(objects, "Job").find(({ metadata }) => metadata.name === wanted.job);
  if (!found) return [`the job ${wanted.job} is missing`];
  const pods = ofKind(objects, "Pod").filter((pod) => controllerOf(pod)?.uid === uidOf(found));
  const inPhase = (phase: string) => pods.filter((pod) => valuesAt(pod, ["status", "phase"])[0] === phase);
  const restarts = pods.flatMap((pod) => valuesAt(pod, ["status", "containerStatuses", "*", "restartCount"]));
  const failures = restarts.reduce((sum: number, one) => sum + Number(one), inPhase("Failed").length);
  const succeeded = inPhase("Succeeded").length;
  return [
    ...(wanted.completions === 0 || (isComplete(found) && succeeded >= wanted.completions)
      ? []
      : [
          `the job ${wanted.job} is not complete: ${count(succeeded, "pod")} succeeded, ${wanted.completions} expected`,
        ]),
    ...(failures >= wanted.failures
      ? []
      : [
          `the job ${wanted.job} has tried nothing again: ${count(failures, "failure")} seen, ${wanted.failures} expected`,
        ]),
  ];
}

function cronJobDifferences(objects: readonly KubeObject[], wanted: z.infer<typeof cronJob>): string[] {
  const found = ofKind(objects, "CronJob").find(({ metadata }) => metadata.name === wanted.cronJob);
  if (!found) return [`the cronjob ${wanted.cronJob} is missing`];
  const jobs = ofKind(objects, "Job").filter(
    (one) => controllerOf(one)?.uid === uidOf(found) && isComplete(one),
  );
  const bySchedule = jobs.filter((one) => valuesAt(one, ["metadata", "annotations", scheduled]).length > 0);
  if (bySchedule.length >= wanted.runs) return [];
  const byHand = jobs.length - bySchedule.length;
  return [
    `the cronjob ${wanted.cronJob} has completed ${count(bySchedule.length, "job")} by its schedule${byHand > 0 ? ` and ${byHand} by hand` : ""}, ${wanted.runs} expected`,
  ];
}
