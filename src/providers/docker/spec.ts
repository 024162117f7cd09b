import { imagesFolder } from "../../components/runtime/shared-images.ts";
import { type MachineSet, setName } from "../../lab/machine-set.ts";
import { publishedPorts } from "../../lab/ports.ts";
import { containerDefaults } from "../../lab/sizes.ts";
import type { Lab, Machine } from "../../lab/types.ts";
import { hostKeyOf } from "../host-keys.ts";
import type { Logins } from "../machine/logins.ts";
import { label } from "./docker.ts";
import type { NodeImage } from "./image.ts";
import type { MachineSpec } from "./machine.ts";
import { networkFlags } from "./network.ts";
import { limitFlags } from "./size.ts";
import { stores } from "./stores.ts";

/** Neither a lab's name nor a machine's contains a dot, so no two machines' containers have the same name. */
export const containerName = (set: MachineSet, machine: string): string =>
  `labwright-${setName(set)}.${machine}`;

export interface SpecInputs {
  image: NodeImage;
  address: string;
  labels: Readonly<Record<string, string>>;
  logins: Logins;
}

/** The container of one of a lab's machines. */
export const specOf = async (
  lab: Lab,
  machine: Machine,
  { image, address, labels, logins }: SpecInputs,
): Promise<MachineSpec> => ({
  container: containerName(lab, machine.name),
  hostname: machine.name,
  hostKey: await hostKeyOf(lab.name, machine.name),
  image: image.name,
  labels: { ...labels, [label.machine]: machine.name, [label.address]: address },
  flags: [
    ...networkFlags(lab, address),
    ...["--restart", "unless-stopped"],
    ...limitFlags({ ...containerDefaults, ...machine }),
    ...["--volume", `${image.volume}:${imagesFolder}:ro`],
    ...stores.flatMap((folder) => ["--volume", folder]),
  ],
  ...logins,
  ports: publishedPorts,
});
