import { addressAt, wholeNetwork } from "./cidr.ts";
import { autoEndpoint } from "./places.ts";
import type { Lab } from "./types.ts";

/** Machines begin at the tenth address of their network. */
const place = 9;

/** The address in a network of machines that is kept for the API server. */
export const endpointIn = (subnet: string): string => addressAt(subnet, place);

/**
 * The address that keepalived moves between the control planes; undefined if the lab has none, or none yet. `machine` is the
 * address of any machine: networks that a provider chooses have a prefix of 24 bits.
 */
export function endpointOf({ cluster, machineSubnet }: Lab, machine: string | undefined): string | undefined {
  const { controlPlaneEndpoint } = cluster;
  if (controlPlaneEndpoint !== autoEndpoint) return controlPlaneEndpoint;
  const subnet = machineSubnet ?? (machine === undefined ? undefined : wholeNetwork(`${machine}/24`));
  return subnet === undefined ? undefined : endpointIn(subnet);
}
