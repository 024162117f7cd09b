import type { Architecture } from "../hosts/architecture.ts";

/** The machines that artifacts are for. */
export interface Target {
  os: "linux";
  arch: Architecture;
}

export const linux = (arch: Architecture): Target => ({ os: "linux", arch });
