import { labAccountRecorder } from "../recording/accounts.ts";
import { clusterRecorder } from "../recording/cluster.ts";
import { dockerRecorder } from "../recording/docker.ts";
import { labFileRecorder } from "../recording/files.ts";
import { firewallRecorder } from "../recording/firewall.ts";
import { linkRecorder } from "../recording/links.ts";
import { mountRecorder } from "../recording/mounts.ts";
import { packageRecorder } from "../recording/packages.ts";
import type { Recorders } from "../recording/record.ts";
import { socketRecorder } from "../recording/sockets.ts";
import { unitRecorder } from "../recording/units.ts";

/**
 * All that a lab's baseline has of a machine, in the order in which differences are undone: what holds files, ports and packages
 * goes before them, and services start when their files are back. The cluster comes last, as it needs the machines.
 */
export const labRecorders: Recorders = {
  firewall: firewallRecorder,
  docker: dockerRecorder,
  sockets: socketRecorder,
  mounts: mountRecorder,
  packages: packageRecorder,
  accounts: labAccountRecorder,
  files: labFileRecorder,
  links: linkRecorder,
  units: unitRecorder,
  cluster: clusterRecorder,
};
