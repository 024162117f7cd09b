import type { StepCases } from "../../support/step-cases.ts";
import { nothing, said } from "../../support/steps.ts";

const release = said('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n');

export const cases: StepCases = {
  fresh: {
    facts: { release, state: said("inactive\n", 4) },
    differences: ["the Docker engine is not installed"],
  },
  right: {
    engine: said("20.10.24+dfsg1\n"),
    program: said("/usr/sbin/dockerd\n"),
    client: said("/usr/bin/docker\n"),
    state: said("active\n"),
    release,
  },
  wrong: {
    "an engine without its client": {
      facts: { client: nothing, engine: said("", 127) },
      differences: ["the Docker client is not installed"],
    },
    "an engine that is stopped": {
      facts: { engine: said("Cannot connect to the Docker daemon\n", 1), state: said("inactive\n", 3) },
      differences: ["docker is inactive, not active", "the Docker engine does not answer"],
    },
    "an engine that starts": {
      facts: { engine: said("Cannot connect to the Docker daemon\n", 1) },
      differences: ["the Docker engine does not answer"],
    },
  },
  apply: {
    "a fresh machine": { facts: { release } },
    "an engine without its client, which is somebody's": {
      on: "a right machine",
      facts: { client: nothing },
    },
    "an engine that is stopped": { on: "a right machine", facts: { state: said("inactive\n", 3) } },
  },
  undo: {
    "an engine of somebody else's": {},
    "the engine that the step brought": {
      answers: [
        ["cat /etc/os-release", release],
        ["apt-get --simulate", "remove docker.io\nremove iptables\n"],
      ],
    },
    "an engine that somebody works on": {
      answers: [
        ["cat /etc/os-release", release],
        ["apt-get --simulate", "remove docker.io\n"],
        ["unlabelled volume", { code: 21, stdout: "", stderr: "container one\nvolume theirs\n" }],
      ],
      throws: /installed on cp has resources that labwright did not create: container one, volume theirs/,
    },
  },
};
