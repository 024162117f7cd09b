import { z } from "zod";
import type { Images } from "../artifacts/types.ts";
import { step } from "../engine/step.ts";
import { type Command, sh } from "../hosts/sh.ts";
import { imageNames } from "../versions.ts";
import { quietly } from "./shared/programs.ts";

const archive = "/var/lib/labwright-images.tar";

/** The images of one part of the cluster, in the machine's runtime before anything asks for them, and pinned there. */
export const images = step({
  params: z.strictObject({
    set: z.enum(["kubernetes", "calico", "nginx", "nginx-stable", "exercises"]),
    /** Exercises share images: one that is reset must not take them away from another. */
    keep: z.boolean().default(false),
  }),

  probe: () => ({ present: sh`ctr -n k8s.io images ls -q 2>/dev/null` }),

  check: (facts, { set }, { lab }) => {
    const present = facts.present.stdout.split("\n");
    const missing = imageNames(set, lab.cluster.version).filter((name) => !present.includes(name));
    return missing.map((name) => `the image ${name} is missing`);
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
      ctr -n k8s.io images label "$name" io.cri-containerd.pinned=pinned >/dev/null
    done`);
  },

  undo: async (host, { set, keep }, { lab }) => {
    const names = keep ? [] : imageNames(set, lab.cluster.version);
    await host.run(sh`ctr -n k8s.io images rm ${names} 2>/dev/null
      rm -f ${archive}`);
  },
});

function fetched(wanted: Images): Command {
  if (wanted.kind === "archive")
    return sh`ctr -n k8s.io images import --local ${archive} >/dev/null && rm ${archive}`;
  return sh`for name in ${wanted.names}; do crictl pull "$name" >/dev/null || exit 1; done`;
}
