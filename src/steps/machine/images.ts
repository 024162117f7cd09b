import { dirname } from "node:path";
import { z } from "zod";
import type { ImageSet } from "../../artifacts/images/image-set.ts";
import type { Images } from "../../artifacts/types.ts";
import { imageSetOf, setNames } from "../../components/image-sets.ts";
import { imagesArchive, importImages, pullImages } from "../../components/runtime/images.ts";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import type { ApplyContext } from "../../engine/step.ts";
import { LabwrightError } from "../../errors.ts";
import { platformOf } from "../../hosts/platform.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { imagesRecord, recordHeading } from "../../kubernetes/images.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { platformHere, quietly } from "../../linux/programs.ts";
import { releasesOf } from "../../versions.ts";
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
    if (!set) return;
    const runtime = runtimeOf(context.lab.cluster);
    const { architecture } = await platformOf(host);
    const wanted = await context.artifacts.images(set, architecture, quietly(context));
    const names = await namesOf(host, set, wanted, context);
    if (wanted.kind === "archive") await importImages(host, runtime, wanted.file, context);
    else {
      const fetch = (name: string, note: (text: string) => void) =>
        wanted.fetch(name, { ...quietly(context), note });
      await pullImages(host, runtime, { names, note: context.note, signal: context.signal, fetch });
    }
    await host.run(sh`for name in ${names}; do
      ${runtime.images.pin(set.madeFrom)} || exit 1
    done`);
    const heading = recordHeading(set, context.lab.cluster.version);
    await host.write({ path: imagesRecord(set), content: `${[heading, ...names].join("\n")}\n` });
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

/** The machine's own kubeadm lists the images that Kubernetes needs; the artifacts list those of other sets. */
async function namesOf(host: Host, set: ImageSet, wanted: Images, { lab }: ApplyContext): Promise<string[]> {
  if (set.name !== "kubernetes") return wanted.names;
  const release = `v${releasesOf(lab.cluster.version).kubernetes}`;
  const { stdout } = await host.run(
    sh`${nodeProgram("kubeadm")} config images list --kubernetes-version ${release} 2>/dev/null`,
  );
  const listed = stdout.split("\n").filter((line) => line !== "");
  const missing = listed.filter((name) => wanted.kind === "archive" && !wanted.names.includes(name));
  if (missing.length > 0) throw notInArchive(missing);
  return listed;
}

const notInArchive = (missing: string[]): LabwrightError =>
  new LabwrightError({
    code: "images-differ",
    message: `kubeadm lists images that were not compiled: ${missing.join(", ")}`,
    remedy: "Use `source: upstream`, and report this: the table of versions and kubeadm differ.",
  });
