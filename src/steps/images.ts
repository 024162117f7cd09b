import { z } from "zod";
import type { ImageSet, Images } from "../artifacts/types.ts";
import { step } from "../engine/step.ts";
import { type Command, sh } from "../hosts/sh.ts";
import { exerciseImages, imageNames } from "../versions.ts";
import { quietly } from "./shared/programs.ts";

const archive = "/var/lib/labwright-images.tar";

/** The exercises' own images have the same names in every labwright: this label tells what they were made from. */
const madeFrom = "labwright.made-from";

/** The images of one part of the cluster, in the machine's runtime before anything asks for them, and pinned there. */
export const images = step({
  params: z.strictObject({
    set: z.enum(["kubernetes", "calico", "nginx", "nginx-stable", "exercises"]),
    /** Exercises share images: one that is reset must not take them away from another. */
    keep: z.boolean().default(false),
  }),

  probe: ({ set }) => ({ present: sh`ctr -n k8s.io images ls -q ${filterOf(set)} 2>/dev/null` }),

  check: (facts, { set }, { lab }) => {
    const present = facts.present.stdout.split("\n");
    const missing = imageNames(set, lab.cluster.version).filter((name) => !present.includes(name));
    return missing.map(
      (name) => `the image ${name} is missing${set === "exercises" ? ", or of another labwright" : ""}`,
    );
  },

  prepare: ({ set }, site) => site.artifacts.images(set, quietly(site)),

  apply: async (host, { set }, site) => {
    const wanted = await site.artifacts.images(set, quietly(site));
    if (wanted.kind === "archive") {
      site.note("sending the images");
      await host.write({ path: archive, content: { localFile: wanted.file }, mode: 0o600 });
    }
    site.note("importing the images");
    await host.run(sh`${fetched(wanted)} && for name in ${wanted.names}; do
      ctr -n k8s.io images label "$name" io.cri-containerd.pinned=pinned ${labelsOf(set)} >/dev/null
    done`);
  },

  undo: async (host, { set, keep }, { lab }) => {
    const names = keep ? [] : imageNames(set, lab.cluster.version);
    await host.run(sh`ctr -n k8s.io images rm ${names} 2>/dev/null
      rm -f ${archive}`);
  },
});

/** As containerd's filters are written: only images with the label's value. */
const filterOf = (set: ImageSet): string[] =>
  set === "exercises" ? [`labels."${madeFrom}"==${exerciseImages}`] : [];

const labelsOf = (set: ImageSet): string[] => (set === "exercises" ? [`${madeFrom}=${exerciseImages}`] : []);

function fetched(wanted: Images): Command {
  if (wanted.kind === "archive")
    return sh`ctr -n k8s.io images import --local ${archive} >/dev/null && rm ${archive}`;
  return sh`for name in ${wanted.names}; do crictl pull "$name" >/dev/null || exit 1; done`;
}
