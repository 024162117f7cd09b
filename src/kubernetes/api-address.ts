import { addressOf } from "../engine/address.ts";
import type { CheckContext } from "../engine/step.ts";
import { endpointOf } from "../lab/control-plane-endpoint.ts";
import { apiMachineOf } from "../lab/roles.ts";

/** The service that runs keepalived. */
export const endpointUnit = "labwright-control-plane-endpoint.service";

/** The address that keepalived moves between the control planes; undefined if the lab has none, or no machine yet. */
export function movingAddress({
  lab,
  addresses,
}: Pick<CheckContext, "lab" | "addresses">): string | undefined {
  const [machine] = lab.machines.flatMap(({ name }) => addresses.get(name) ?? []);
  return endpointOf(lab, machine);
}

/** The address at which machines reach the API server. */
export const apiAddressOf = (context: Pick<CheckContext, "lab" | "addresses">): string =>
  movingAddress(context) ?? addressOf(context, apiMachineOf(context.lab));
