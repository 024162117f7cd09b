import type { PackagedSet } from "../artifacts/program-set.ts";
import { dockerPackages } from "../artifacts/upstream/repositories.ts";
import { releaseRanges } from "../versions.ts";

export const dockerComposePrograms: PackagedSet = {
  name: "docker-compose",
  compiled: { component: "docker-compose" },
  range: () => releaseRanges["docker-compose"],
  packaged: {
    repository: dockerPackages,
    packages: ["docker-compose-plugin"],
    programs: ["docker-compose"],
  },
};
