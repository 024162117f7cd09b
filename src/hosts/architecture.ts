import { LabwrightError } from "../errors.ts";

/** A machine's processor, as Go, Debian and image registries all call it. */
export type Architecture = "amd64" | "arm64";

/** What uname(1), Docker, Node.js and clouds call the same processors. */
const names: Record<string, Architecture> = {
  x86_64: "amd64",
  amd64: "amd64",
  x64: "amd64",
  x86: "amd64",
  aarch64: "arm64",
  arm64: "arm64",
  arm: "arm64",
};

/** Whether labs can be built on a processor of that name. */
export const isArchitecture = (name: string): boolean => Object.hasOwn(names, name.trim().toLowerCase());

/** The architecture for any of those names; `what` has that processor. Throws `unsupported-processor`. */
export function architectureNamed(name: string, what: string): Architecture {
  const architecture = names[name.trim().toLowerCase()];
  if (architecture) return architecture;
  throw new LabwrightError({
    code: "unsupported-processor",
    message: `${what} has a processor of the type "${name.trim()}", which labwright does not support`,
    remedy: "Use a machine with an x86-64 or a 64-bit ARM processor.",
  });
}
