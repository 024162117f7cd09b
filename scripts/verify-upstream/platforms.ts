import type { PackagedSet } from "../../src/artifacts/program-set.ts";
import { dockerPackages } from "../../src/artifacts/upstream/repositories.ts";
import type { Architecture } from "../../src/hosts/architecture.ts";
import type { Platform } from "../../src/hosts/platform.ts";
import { baseDistribution } from "../../src/versions.ts";

export const architectures: readonly Architecture[] = ["amd64", "arm64"];

/** The distributions whose packages of Docker a machine can take: the node image's first. */
export const distributions = [
  baseDistribution,
  { id: "debian", codename: "trixie" },
  { id: "ubuntu", codename: "noble" },
] as const;

/** Of Kubernetes' repository all distributions take the same packages. */
export const platformsOf = ({ packaged: { repository } }: PackagedSet): Platform[] =>
  (repository === dockerPackages ? distributions : distributions.slice(0, 1)).flatMap((distribution) =>
    architectures.map((architecture) => ({ architecture, distribution })),
  );
