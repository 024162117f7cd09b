import { dirname } from "node:path";
import { z } from "zod";
import { imageSetOf, setNames } from "../../components/image-sets.ts";
import { imagesArchive } from "../../components/runtime/images.ts";
import { loadImages } from "../../components/runtime/load-images.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { sh } from "../../hosts/sh.ts";
import { imagesRecord, recordHeading } from "../../kubernetes/images.ts";
import { platformHere, quietly } from "../../linux/programs.ts";
import { step } from "../step.ts";

/** Not asked for any, if the lab's pod network has no images. */
const nothing = { present: sh`true`, record: sh`true` };

export const images = step({
  summary:
    "Loads the images of one part of the cluster into the machine's container runtime and pins them there.",
  params: z.strictObject({
    set: z
      .enum([...setNames, "calico"])
      .transform((name) => (name === "calico" ? "pod-network" : name))
      .describe("Which part's images; `calico` is a former name of `pod-network`."),
    keep: z
      .boolean()
      .default(false)
      .describe("Whether they stay when an exercise is reset, because exercises share them."),
  }),
  example: { set: "exercises", keep: true },

  probe: ({ set: name }, { lab }) => {
    const set = imageSetOf(name, lab.cluster);
    if (!set) return nothing;
    return {
      present: sh`${runtimeOf(lab.cluster).images.list(set.madeFrom)} 2>/dev/null`,
      record: sh`cat ${imagesRecord(set)}`,
    };
  },

  check: (facts, { set: name }, { lab }) => {
    const set = imageSetOf(name, lab.cluster);
    if (!set) return [];
    const [heading, ...names] = facts.record.stdout.split("\n").filter((line) => line !== "");
    if (heading !== recordHeading(set, lab.cluster.version))
      return [`the images of ${set.name} for this release are not on the machine`];
    const present = facts.present.stdout.split("\n");
    return names
      .filter((name) => !present.includes(name))
      .map((name) => `the image ${name} is missing${set.madeFrom ? ", or of another labwright" : ""}`);
  },

  prepare: async ({ set: name }, context) => {
    const set = imageSetOf(name, context.lab.cluster);
    if (set)
      await context.artifacts.images(set, (await platformHere(context)).architecture, quietly(context));
  },

  apply: async (host, { set: name }, context) => {
    const set = imageSetOf(name, context.lab.cluster);
    if (set) await loadImages(host, set, context);
  },

  undo: async (host, { set: name, keep }, { lab }) => {
    const set = imageSetOf(name, lab.cluster);
    if (!set) return;
    const record = imagesRecord(set);
    const removed = keep
      ? sh`true`
      : sh`sed 1d ${record} 2>/dev/null | xargs -r ${runtimeOf(lab.cluster).images.remove} 2>/dev/null
      rm -f ${record}
      rmdir ${dirname(record)} 2>/dev/null`;
    await host.run(sh`${removed}
      rm -f ${imagesArchive}`);
  },
});
