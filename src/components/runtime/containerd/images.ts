import { sh } from "../../../hosts/sh.ts";
import { nodeFolder } from "../../../kubernetes/node-programs.ts";
import { writtenBy } from "../../../linux/progress.ts";
import type { RuntimeImages } from "../container-runtime.ts";

/** The kubelet's images are in a namespace of containerd of that name. */
const ctr = sh`${`${nodeFolder}/ctr`} -n k8s.io`;

/** Labwright's own images have the same names in every release: this label shows what they were made from. */
const label = "labwright.made-from";

/** As containerd's filters are written: only images with the label's value. */
const filterOf = (madeFrom: string | undefined): string[] =>
  madeFrom === undefined ? [] : [`labels."${label}"==${madeFrom}`];

const labelsOf = (madeFrom: string | undefined): string[] =>
  madeFrom === undefined ? [] : [`${label}=${madeFrom}`];

export const images: RuntimeImages = {
  list: (madeFrom) => sh`${ctr} images ls -q ${filterOf(madeFrom)}`,
  import: (archive) => sh`${ctr} images import --local ${archive}`,
  imported: writtenBy("containerd"),
  unfinished: sh`${ctr} content active | awk 'NR > 1 { print $2 }'`,
  rename: (from, to) => sh`${ctr} images tag --force ${from} ${to} >/dev/null &&
      ${ctr} images rm ${from} >/dev/null`,
  pin: (madeFrom) =>
    sh`${ctr} images label "$name" io.cri-containerd.pinned=pinned ${labelsOf(madeFrom)} >/dev/null`,
  remove: sh`${ctr} images rm`,
};
