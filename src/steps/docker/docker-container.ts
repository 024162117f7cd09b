import { z } from "zod";
import { labelFlags } from "../../docker/labels.ts";
import { dockerName } from "../../docker/network.ts";
import { sh } from "../../hosts/sh.ts";
import { jsonOf } from "../../kubernetes/kubectl.ts";
import { identityOf } from "../../lab/identity.ts";
import { step } from "../step.ts";

interface Inspected {
  Config: { Image: string };
  State: { Running: boolean };
}

export const dockerContainer = step({
  summary: "Runs a container on a machine's Docker engine, on its default bridge.",
  params: z.strictObject({
    container: dockerName.describe("The name of the container."),
    image: z
      .string()
      .max(200)
      .regex(/^[a-z0-9][A-Za-z0-9_.:/@-]*$/, "an image's name is expected")
      .default("docker.io/library/nginx:latest")
      .describe("Its image, which the engine must have already (`docker-image` loads it)."),
  }),
  example: { container: "web", image: "docker.io/library/nginx:stable" },

  probe: ({ container }) => ({ found: sh`docker inspect --type container ${container}` }),

  check: ({ found }, { container, image }) => {
    const [one] = jsonOf<Inspected[]>(found) ?? [];
    if (!one) return [`there is no container ${container}`];
    return [
      ...(one.Config.Image === image ? [] : [`${container} runs ${one.Config.Image}, expected is ${image}`]),
      ...(one.State.Running ? [] : [`the container ${container} does not run`]),
    ];
  },

  apply: async (host, { container, image }, { lab }) => {
    await host.run(sh`docker rm --force ${container} >/dev/null 2>&1
      docker run --detach --restart unless-stopped --pull never ${labelFlags(lab.name, await identityOf(lab.name))} --name ${container} ${image}`);
  },

  places: ({ container }) => [{ kind: "docker container", name: container }],

  undo: async (host, { container }) => {
    await host.run(sh`command -v docker >/dev/null || exit 0
      docker rm --force --volumes ${container} >/dev/null 2>&1; true`);
  },
});
