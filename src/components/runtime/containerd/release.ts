import type { PackagedSet } from "../../../artifacts/program-set.ts";
import { dockerPackages } from "../../../artifacts/upstream/repositories.ts";

/** The release that the wrapper module compiles. */
export const containerdVersion = "2.4.2";

/** The releases that a machine may have: https://containerd.io/releases/ (Kubernetes support). */
export const containerdRange = ">=2.2.0 <2.5.0";

export const containerdPrograms: PackagedSet = {
  name: "containerd",
  compiled: { component: "containerd" },
  range: () => containerdRange,
  packaged: {
    repository: dockerPackages,
    packages: ["containerd.io"],
    programs: ["containerd", "containerd-shim-runc-v2", "ctr", "runc"],
    only: true,
    byDistribution: true,
  },
};
