import { linux } from "../../src/artifacts/target.ts";
import { architectureNamed } from "../../src/hosts/architecture.ts";
import type { Platform } from "../../src/hosts/platform.ts";

export const thisArchitecture = architectureNamed(process.arch, "this computer");

/** What tests compile and make images for. */
export const thisTarget = linux(thisArchitecture);

/** Machines of this computer's processor, on the Debian that node images are made from. */
export const thisPlatform: Platform = {
  architecture: thisArchitecture,
  distribution: { id: "debian", codename: "bookworm" },
};
