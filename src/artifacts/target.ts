import { LabwrightError } from "../errors.ts";

/** The machines that artifacts are for: Linux on this computer's own processor. */
export interface Target {
  os: "linux";
  /** As Go, Debian and image registries all call it. */
  arch: "amd64" | "arm64";
}

/** Throws `unsupported-processor` where upstream has no packages that we know of. */
export function targetOf(nodeArch: string): Target {
  if (nodeArch === "x64") return { os: "linux", arch: "amd64" };
  if (nodeArch === "arm64") return { os: "linux", arch: "arm64" };
  throw new LabwrightError({
    code: "unsupported-processor",
    message: `labs cannot be built on a ${nodeArch} processor`,
    remedy: "Use a computer with an x86-64 or a 64-bit ARM processor.",
  });
}
