import { type Command, sh } from "../../../hosts/sh.ts";
import { nodeFolder, nodeProgram } from "../../../kubernetes/node-programs.ts";
import type { RuntimeImages } from "../container-runtime.ts";
import { withOrigins } from "../origins.ts";
import { origins, policyFile, runFolder, storageFolder } from "./places.ts";

const crictl = nodeProgram("crictl");
const copyimg = `${nodeFolder}/copyimg`;

/** Runs CRI-O's own copier on its store; its packages do not have it. */
const copying = (work: (copy: Command) => Command): Command => sh`(
      [ -x ${copyimg} ] || { echo "CRI-O's packages have no program that imports images: use source: modules" >&2; exit 1; }
      ${work(sh`${copyimg} --root ${storageFolder} --runroot ${runFolder} --storage-driver overlay --signature-policy ${policyFile}`)}
    )`;

/** Below a heading come name, tag, and what else there is of the image. */
const names = sh`${crictl} images | awk 'FNR > 1 { print $1 ":" $2 }'`;

export const images: RuntimeImages = {
  needsImporter: true,
  ...withOrigins(origins, names),
  import: (archive) =>
    copying(
      (
        copy,
      ) => sh`tar -xOf ${archive} manifest.json | grep -oE '"RepoTags":[[]"[^"]+' | cut -d '"' -f 4 | while read -r name; do
        ${copy} --import-from docker-archive:${archive}":$name" --image-name "$name" </dev/null || exit 1
      done`,
    ),
  imported: sh`du -s ${storageFolder}`,
  unfinished: sh`find /var/tmp -maxdepth 1 -name 'container_images_*' -exec du -sh {} + | cut -f 1`,
  rename: (from, to) => copying((copy) => sh`${copy} --image-name ${from} --add-name ${to}`),
  remove: sh`${crictl} rmi`,
};
