import { type Size, sizeDifferences } from "../../lab/sizes.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import type { Lack } from "../types.ts";

/** What a machine lacks of its logins, and of the size that the lab file names. */
export function withSize(lack: Lack | undefined, has: Size, machine: Machine): Lack | undefined {
  const differences = sizeDifferences(has, machine);
  return withLack(lack, differences.length > 0 ? `has ${differences.join(" and ")}` : undefined);
}

/** What a machine lacks, and one thing more that keeps nobody from logging in; undefined if there is none. */
export function withLack(lack: Lack | undefined, more: string | undefined): Lack | undefined {
  if (more === undefined) return lack;
  return { words: lack ? `${lack.words}, and ${more}` : more, closed: lack?.closed ?? false };
}

/** What machines lack that are, or are not, kept from the computer that runs them; undefined if that is as the lab file says. */
export function isolationLack({ isolated }: Pick<Lab, "isolated">, are: boolean): string | undefined {
  if ((isolated ?? false) === are) return undefined;
  return are
    ? "is kept from the computer that runs it, and the lab file does not say so"
    : "is not kept from the computer that runs it";
}
