import { z } from "zod";
import { dockerComposePrograms as programs } from "../../docker/compose.ts";
import { sh } from "../../hosts/sh.ts";
import { restore } from "../../linux/backup.ts";
import { install, platformHere, quietly, versionDifference } from "../../linux/programs.ts";
import { step } from "../step.ts";

/** Where the docker command line looks for its plugins: https://docs.docker.com/compose/install/linux/ */
const folder = "/usr/local/lib/docker/cli-plugins";

export const dockerCompose = step({
  summary: "Installs Docker Compose as a plugin of the docker command line.",
  params: z.strictObject({}),

  probe: () => ({ version: sh`docker compose version 2>/dev/null` }),

  check: (facts, _, { lab }) =>
    versionDifference("docker compose", facts.version, programs.range(lab.cluster.version)),

  prepare: async (_, context) =>
    context.artifacts.programs(programs, await platformHere(context), quietly(context)),

  apply: async (host, _, context) => {
    await install(host, context, programs, folder);
  },

  undo: async (host, _, context) => {
    await restore(host, context, programs.name);
  },
});
