import { type Size, sizeDifferences } from "../../lab/sizes.ts";
import type { Machine } from "../../lab/types.ts";
import type { Lack } from "../types.ts";

/** What a machine lacks of its logins, and of the size that the lab file names. */
export function withSize(lack: Lack | undefined, has: Size, machine: Machine): Lack | undefined {
  const differences = sizeDifferences(has, machine);
  if (differences.length === 0) return lack;
  const size = `has ${differences.join(" and ")}`;
  return { words: lack ? `${lack.words}, and ${size}` : size, closed: lack?.closed ?? false };
}
