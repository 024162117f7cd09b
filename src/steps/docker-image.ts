import { z } from "zod";
import { step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { imageNames } from "../versions.ts";
import { platformHere, quietly } from "./shared/programs.ts";
import { withProgress, writtenBy } from "./shared/progress.ts";

const archive = "/var/lib/labwright-docker-images.tar";

/** The engine unpacks by itself or has its containerd do it, and its client says nothing meanwhile. */
const written = writtenBy("docker", "containerd");

/** Images in the Docker engine of a machine, so that containers start without a registry. */
export const dockerImage = step({
  params: z.strictObject({ set: z.enum(["nginx", "nginx-stable", "exercises"]) }),

  probe: ({ set }, { lab }) => ({
    missing: sh`for name in ${imageNames(set, lab.cluster.version)}; do
      docker image inspect "$name" >/dev/null 2>&1 || echo "$name"
    done`,
  }),

  check: ({ missing }) => {
    if (missing.code !== 0) return ["the Docker engine cannot be asked for its images"];
    const names = missing.stdout.split("\n").filter((name) => name !== "");
    return names.map((name) => `the Docker engine has no image ${name}`);
  },

  prepare: async ({ set }, site) =>
    site.artifacts.images(set, (await platformHere(site)).architecture, quietly(site)),

  apply: async (host, { set }, site) => {
    const wanted = await site.artifacts.images(set, (await platformHere(site)).architecture, quietly(site));
    if (wanted.kind === "pull") {
      const pulling = sh`for name in ${wanted.names}; do docker pull --quiet "$name" || exit 1; done`;
      await host.run(withProgress(pulling, written), { signal: site.signal });
      return;
    }
    site.note("sending the images");
    await host.write({ path: archive, content: { localFile: wanted.file }, mode: 0o600 });
    const loading = sh`docker load --quiet --input ${archive} && rm ${archive}`;
    await host.run(withProgress(loading, written), { signal: site.signal });
  },

  undo: async (host, { set }, { lab }) => {
    await host.run(sh`docker rmi ${imageNames(set, lab.cluster.version)} 2>/dev/null; true`);
  },
});
