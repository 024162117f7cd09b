import { exitCode, LabwrightError } from "../../errors.ts";
import { choose, nearestFew } from "../../lab/nearest.ts";

interface Naming {
  /** The cloud's name, as people write it. */
  cloud: string;
  what: "region" | "size" | "image";
  name: string;
  known: readonly string[];
}

/** Throws `cloud-unknown-name`, with the nearest names that the cloud has, where it does not have this one. */
export function assertKnown({ cloud, what, name, known }: Naming): void {
  if (known.includes(name)) return;
  throw new LabwrightError({
    code: "cloud-unknown-name",
    message: `${cloud} has no ${what} ${name}${what === "size" ? " in that region" : ""}`,
    remedy: `in the lab file's \`cloud\`, for \`${what}\`: ${choose(name, nearestFew(name, known))}`,
    exit: exitCode.usage,
  });
}
