import { z } from "zod";
import { step } from "../engine/step.ts";
import { type Command, sh } from "../hosts/sh.ts";
import { jsonOf, kubectl } from "./shared/kubectl.ts";
import { objectName } from "./shared/objects.ts";

/** What `web load` prints each second: see infra/modules/web. */
interface Record {
  asked: number;
  failed: number;
  versions: string[];
  failure?: string;
}

/**
 * A Deployment that has gone to other images, one after the other, while somebody asked it all the time, and not one
 * request failed. The record is the asking pod's own, from its start on.
 */
export const noFailedRequest = step({
  params: z.strictObject({
    namespace: objectName,
    deployment: objectName,
    container: objectName,
    /** The Deployment whose pod runs `web load`, and is ready as soon as that has begun its record. */
    customer: objectName,
    /** Images to go to, in their order; the tag is the version that they answer with. The first is there to begin with. */
    images: z.array(z.string().regex(/:[^:/]+$/)).min(2),
    /** For the solution: what the Deployment lacks, as `kubectl patch` takes it. */
    patch: z.record(z.string(), z.unknown()),
  }),

  probe: ({ namespace, customer }) => ({
    record: kubectl(sh`-n ${namespace} logs deployment/${customer} --tail=1`),
  }),

  check: (facts, { customer, images }) => {
    const record = jsonOf<Record>(facts.record);
    if (!record || record.asked === 0) return [`${customer} has had no answer so far`];
    const { asked, failed, failure = "", versions } = record;
    const seen = versions.join(", then ") || "none";
    const expected = images.map(versionOf);
    return [
      ...(failed === 0
        ? []
        : [`${failed} of ${asked} requests of ${customer} failed: ${shortened(failure)}`]),
      ...(endsWith(versions, expected)
        ? []
        : [
            `versions that have answered ${customer} alone: ${seen} seen, ${expected.join(", then ")} expected`,
          ]),
    ];
  },

  apply: async (host, { namespace, deployment, container, customer, images, patch }) => {
    const inNamespace = (command: Command) => kubectl(sh`-n ${namespace} ${command}`, 120);
    const rolledOut = (name: string) => inNamespace(sh`rollout status deployment/${name} --timeout=120s`);
    const [first = "", ...others] = images;
    const goTo = (image: string) => sh`
      ${inNamespace(sh`set image deployment/${deployment} ${`${container}=${image}`}`)} && ${rolledOut(deployment)} || exit 1`;
    await host.run(sh`
      ${inNamespace(sh`patch deployment ${deployment} --patch ${JSON.stringify(patch)}`)} || exit 1
      ${goTo(first)}
      ${inNamespace(sh`rollout restart deployment/${customer}`)} && ${rolledOut(customer)} || exit 1`);
    for (const image of others) {
      await host.run(sh`${goTo(image)}; ${answered(versionOf(image))}`);
    }

    /** Waits until a version is the last that answered alone. */
    function answered(version: string): Command {
      return sh`for i in $(seq 60); do
        ${inNamespace(sh`logs deployment/${customer} --tail=1`)} | grep -q ${`"${version}"]`} && break; sleep 0.5
      done`;
    }
  },

  patience: { seconds: 30, for: "the customer's record" },
});

const versionOf = (image: string): string => image.slice(image.lastIndexOf(":") + 1);

const endsWith = (list: readonly string[], end: readonly string[]): boolean =>
  end.length <= list.length && list.slice(list.length - end.length).every((one, index) => one === end[index]);

/** Go's errors begin with the method and the URL, which say nothing new. */
const shortened = (failure: string): string => failure.replace(/^Get "[^"]*": /, "");
