import { z } from "zod";
import { backUpDocker, clearDocker, othersOnEngine, restoreDocker } from "../../docker/state.ts";
import { LabwrightError } from "../../errors.ts";
import { sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { labId } from "../../lab/identity.ts";
import { reportLeft } from "../../linux/backup.ts";
import { familyOf, osRelease } from "../../linux/family.ts";
import { inactive, serviceState } from "../../linux/files.ts";
import { installPackages, removePackages } from "../../linux/packages.ts";
import { step } from "../step.ts";

const owner = "docker-engine";

export const dockerEngine = step({
  summary: "Installs the Docker engine from the distribution's packages and enables its service.",
  params: z.strictObject({}),

  probe: () => ({
    engine: sh`docker version --format ${"{{.Server.Version}}"} 2>&1`,
    program: sh`command -v dockerd`,
    client: sh`command -v docker`,
    state: serviceState("docker"),
    release: osRelease,
  }),

  check: (facts) => {
    if (facts.program.code !== 0) return ["the Docker engine is not installed"];
    if (facts.client.code !== 0) return ["the Docker client is not installed"];
    if (facts.engine.code === 0) return [];
    return [...inactive("docker", facts.state), "the Docker engine does not answer"];
  },

  apply: async (host, _, context, facts) => {
    const isNew = facts.program.code !== 0;
    if (isNew || facts.client.code !== 0) {
      const family = familyOf(host.name, facts.release);
      // An engine that only lacks its client is its owner's, and so are its containers.
      if (isNew) await host.run(backUpDocker);
      await installPackages(host, context, owner, { family, names: family.dockerEngine });
    }
    await host.run(sh`systemctl enable --quiet --now docker`);
  },

  undo: async (host, _, context) => {
    await removePackages(host, context, owner, { first: (names) => clear(host, context.lab.name, names) });
    reportLeft(context, await host.run(restoreDocker));
  },

  patience: { seconds: 30, for: "the Docker engine to answer" },
});

/** An engine that stays, because somebody has asked for it since, keeps its data. */
async function clear(host: Host, lab: string, names: readonly string[]): Promise<void> {
  if (!names.includes("docker.io")) return;
  const { code, stderr } = await host.run(clearDocker(await labId(lab)), { accept: [0, othersOnEngine] });
  if (code === othersOnEngine) throw inUse(host.name, stderr.trim().split("\n").join(", "));
}

const inUse = (machine: string, things: string): LabwrightError =>
  new LabwrightError({
    code: "engine-in-use",
    message: `the Docker engine that labwright installed on ${machine} has resources that labwright did not create: ${things}`,
    remedy: `Remove them on ${machine} with \`docker rm\`, \`docker network rm\` and \`docker volume rm\`, then run the command again.`,
  });
