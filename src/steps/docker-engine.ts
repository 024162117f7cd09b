import { z } from "zod";
import { step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { clearDocker, giveBackDocker, rememberDocker } from "./shared/docker-state.ts";
import { familyOf, osRelease } from "./shared/family.ts";
import { inactive, serviceState } from "./shared/files.ts";
import { installPackages, removePackages } from "./shared/packages.ts";

const owner = "docker-engine";

/** A Docker engine of the machine's own, out of its distribution's packages, running now and after each start. */
export const dockerEngine = step({
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

  apply: async (host, _, site, facts) => {
    const isNew = facts.program.code !== 0;
    if (isNew || facts.client.code !== 0) {
      const family = familyOf(host.name, facts.release);
      // An engine that only lacks its client is its owner's, and so are its containers.
      if (isNew) await host.run(rememberDocker);
      await installPackages(host, site, owner, { family, names: family.dockerEngine });
    }
    await host.run(sh`systemctl enable --quiet --now docker`);
  },

  undo: async (host, _, site) => {
    await removePackages(host, site, owner, clearDocker);
    await host.run(giveBackDocker);
  },

  patience: { seconds: 30, for: "the Docker engine to answer" },
});
