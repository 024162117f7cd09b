import type { ImageSet } from "../../artifacts/images/image-set.ts";
import type { StepContext } from "../../artifacts/step-context.ts";
import type { Images } from "../../artifacts/types.ts";
import { LabwrightError } from "../../errors.ts";
import { platformOf } from "../../hosts/platform.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { imagesRecord, recordHeading } from "../../kubernetes/images.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { quietly } from "../../linux/programs.ts";
import { releasesOf } from "../../versions.ts";
import { importImages, pullImages } from "./images.ts";
import { runtimeOf } from "./runtimes.ts";

/** Brings the images of a set to a machine, pins them in its runtime, and records them there. */
export async function loadImages(host: Host, set: ImageSet, context: StepContext): Promise<void> {
  const { cluster } = context.lab;
  const runtime = runtimeOf(cluster);
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
  const heading = recordHeading(set, cluster.version);
  await host.write({ path: imagesRecord(set), content: `${[heading, ...names].join("\n")}\n` });
}

/** The machine's own kubeadm lists the images that Kubernetes needs; the artifacts list those of other sets. */
async function namesOf(host: Host, set: ImageSet, wanted: Images, { lab }: StepContext): Promise<string[]> {
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
