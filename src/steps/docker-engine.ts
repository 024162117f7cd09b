import { z } from "zod";
import { step } from "../engine/step.ts";
import { sh } from "../hosts/sh.ts";
import { inactive, serviceState } from "./shared/files.ts";

/** A Docker engine of the machine's own, out of its distribution's packages, running now and after each start. */
export const dockerEngine = step({
  params: z.strictObject({}),

  probe: () => ({
    engine: sh`docker version --format ${"{{.Server.Version}}"} 2>&1`,
    program: sh`command -v dockerd`,
    state: serviceState("docker"),
  }),

  check: (facts) => {
    if (facts.program.code !== 0) return ["the Docker engine is not installed"];
    if (facts.engine.code === 0) return [];
    return [...inactive("docker", facts.state), "the Docker engine does not answer"];
  },

  apply: async (host, _, { note }, facts) => {
    if (facts.program.code !== 0) {
      note("installing docker.io");
      await host.run(
        sh`export DEBIAN_FRONTEND=noninteractive
        apt-get -o DPkg::Lock::Timeout=120 -q update
        apt-get -o DPkg::Lock::Timeout=120 -o DPkg::Options::=--force-confdef -o DPkg::Options::=--force-confold \\
          -q install -y --no-install-recommends docker.io iptables`,
      );
    }
    await host.run(sh`systemctl enable --quiet --now docker`);
  },

  patience: { seconds: 30, for: "the Docker engine to answer" },
});
