import { sh } from "../../../hosts/sh.ts";
import { writtenBy } from "../../../linux/progress.ts";
import type { RuntimeImages } from "../container-runtime.ts";
import { withOrigins } from "../origins.ts";

/** Whatever context or host the machine's own settings name. */
export const docker = sh`docker --host unix:///run/docker.sock`;

/** What images were made from: Docker takes no labels of an image that exists. */
export const origins = "/etc/labwright/docker-images";

/** Docker prints names as people type them: https://pkg.go.dev/github.com/distribution/reference#FamiliarName */
const inFull = `
  $0 ~ /<none>/ { next }
  $0 !~ /\\// { print "docker.io/library/" $0; next }
  $0 !~ /^([^\\/]*[.:][^\\/]*|localhost)\\// { print "docker.io/" $0; next }
  { print }`;

export const images: RuntimeImages = {
  ...withOrigins(origins, sh`${docker} image ls --format ${"{{.Repository}}:{{.Tag}}"} | awk ${inFull}`),
  import: (archive) => sh`${docker} image load --quiet --input ${archive}`,
  imported: writtenBy("docker"),
  unfinished: sh`find /var/lib/docker/tmp -name 'GetImageBlob*' -exec du -sh {} + | cut -f 1`,
  rename: (from, to) => sh`${docker} image tag ${from} ${to} && ${docker} image rm ${from} >/dev/null`,
  remove: sh`${docker} image rm`,
};
