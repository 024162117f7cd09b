import { z } from "zod";
import { type Puller, pullImage, pullTimeout } from "../../artifacts/images/pull.ts";
import { workloadSets } from "../../components/image-sets.ts";
import { familiarName } from "../../docker/image-name.ts";
import type { ApplyContext } from "../../engine/step.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { platformHere, quietly } from "../../linux/programs.ts";
import { withoutProgress, withProgress, writtenBy } from "../../linux/progress.ts";
import { step } from "../step.ts";

const archive = "/var/lib/labwright-docker-images.tar";

/** The engine unpacks by itself or has its containerd do it, and its client prints nothing meanwhile. */
const written = writtenBy("docker", "containerd");

export const dockerImage = step({
  summary: "Loads images into a machine's Docker engine, so that containers start without a registry.",
  params: z.strictObject({
    set: z
      .enum(["nginx", "nginx-stable", "exercises"])
      .transform((name) => workloadSets[name])
      .describe("Which images."),
  }),
  example: { set: "nginx-stable" },

  probe: ({ set }) => ({
    missing: sh`for name in ${set.names("")}; do
      docker image inspect "$name" >/dev/null 2>&1 || echo "$name"
    done`,
  }),

  check: ({ missing }) => {
    if (missing.code !== 0) return ["the Docker engine cannot be asked for its images"];
    const names = missing.stdout.split("\n").filter((name) => name !== "");
    return names.map((name) => `the Docker engine has no image ${name}`);
  },

  prepare: async ({ set }, context) =>
    context.artifacts.images(set, (await platformHere(context)).architecture, quietly(context)),

  apply: async (host, { set }, context) => {
    const wanted = await context.artifacts.images(
      set,
      (await platformHere(context)).architecture,
      quietly(context),
    );
    if (wanted.kind === "archive") return load(host, wanted.file, context);
    const { note, signal } = context;
    for (const name of wanted.names)
      await pullImage(engineOf(host, context), name, `pulling ${name}`, {
        note,
        signal,
        fetch: (image, note) => wanted.fetch(image, { ...quietly(context), note }),
      });
  },

  // Somebody else's container may hold the image until that is removed as well.
  places: ({ set }) => set.names("").map((name) => ({ kind: "docker image", name: familiarName(name) })),

  undo: async (host, { set }) => {
    await host.run(sh`docker rmi ${set.names("")} 2>/dev/null; true`);
  },
});

async function load(host: Host, file: string, { note, signal }: ApplyContext): Promise<void> {
  note("sending the images");
  await host.write({ path: archive, content: { localFile: file }, mode: 0o600 });
  const loading = sh`docker load --quiet --input ${archive} && rm ${archive}`;
  await host.run(withProgress(loading, written), { signal });
}

const engineOf = (host: Host, context: ApplyContext): Puller => ({
  name: `the Docker engine on ${host.name}`,

  async pull(image) {
    const pulling = sh`docker image inspect ${image} >/dev/null 2>&1 || docker pull --quiet ${image}`;
    const { code, stdout, stderr } = await host.run(withProgress(pulling, written), {
      accept: "any",
      signal: context.signal,
      timeout: pullTimeout,
    });
    return code === 0 ? undefined : withoutProgress(`${stdout}\n${stderr}`);
  },

  async rename(from, to) {
    await host.run(sh`docker tag ${from} ${to} && docker rmi ${from}`);
  },

  load: (file) => load(host, file, context),
});
