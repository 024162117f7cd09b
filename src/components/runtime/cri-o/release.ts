import type { ProgramSet } from "../../../artifacts/program-set.ts";
import { flat, type PackageRepository } from "../../../artifacts/upstream/repositories.ts";
import { crictlRange, minorOf } from "../../../versions.ts";

/** The release that the wrapper module compiles. */
export const crioVersion = "1.36.1";

/**
 * Signed by the OBS project isv:cri-o, as cri-o/cri-o#9298 shows the key: it expires on 2027-04-22.
 * https://github.com/cri-o/packaging/blob/main/README.md
 */
const crioPackages: PackageRepository = {
  name: "CRI-O's package repository",
  url: "https://download.opensuse.org/repositories",
  key: "85B67D5C50100B1AC8CEFE49CBA9C85640A2B579",
  layout: (url, version) => flat(`${url}/isv:/cri-o:/stable:/v${minorOf(version)}/deb`),
};

/** Its packages have no program that imports archives of images. */
export const crioPrograms: ProgramSet = {
  name: "cri-o",
  compiled: { component: "cri-o" },
  // As of crictl: the minor before that of Kubernetes, the same, and the one after. CRI-O's releases follow Kubernetes' minors.
  range: crictlRange,
  packaged: {
    repository: crioPackages,
    packages: ["cri-o"],
    programs: ["crio", "pinns"],
    only: true,
  },
};
