import type { ProgramSet } from "../artifacts/program-set.ts";
import { dockerPackages } from "../artifacts/upstream/repositories.ts";
import { releaseRanges } from "../versions.ts";

export const dockerComposePrograms: ProgramSet = {
  name: "docker-compose",
  compiled: { component: "docker-compose" },
  packaged: {
    repository: dockerPackages,
    packages: ["docker-compose-plugin"],
    range: () => releaseRanges["docker-compose"],
    programs: ["docker-compose"],
  },
};
