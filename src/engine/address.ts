import { LabwrightError } from "../errors.ts";
import type { CheckContext } from "./step.ts";

/** The address that other machines reach a machine at. */
export function addressOf({ addresses }: Pick<CheckContext, "addresses">, machine: string): string {
  const address = addresses.get(machine);
  if (address !== undefined) return address;
  throw new LabwrightError({
    code: "no-address",
    message: `${machine} has no address yet`,
    remedy: "Run `labwright up` to create the machine.",
  });
}
