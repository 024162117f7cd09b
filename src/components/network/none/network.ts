import type { PodNetwork } from "../pod-network.ts";

/** No pod network: whoever uses the lab installs one. */
export const network: PodNetwork = {
  kinds: [],
  state: {},
  configuration: {},
  programs: {},
  ownPrograms: {},
  logs: {},
  runtime: {},
  mounts: [],
  kernel: { links: [], chains: [], mounts: [], sets: [] },
  ports: [],
  bookkeeping: { kinds: [], files: [] },
};
