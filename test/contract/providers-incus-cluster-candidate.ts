import { type IncusCluster, incusCluster, noCluster } from "../incus-cluster/cluster.ts";
import { clusterPlace } from "../incus-cluster/place.ts";
import { type Candidate, tooSlow } from "./providers-candidate.ts";
import { portLine } from "./providers-line.ts";

const before = process.env.INCUS_CONF;
let opened: Promise<IncusCluster> | undefined;

/** Made when the first lab is, so that it costs nothing where the suite is skipped. */
function cluster(): Promise<IncusCluster> {
  opened ??= incusCluster("contract");
  return opened;
}

const place = async () => clusterPlace(await cluster());

/** Incus on two computers. */
export const incusClusterCandidate: Candidate = {
  name: "incus",
  title: "incus-cluster",
  unavailable: tooSlow || (await noCluster()),

  async settings() {
    process.env.INCUS_CONF = (await cluster()).env.INCUS_CONF;
    return { text: "incus: { remote: cluster }" };
  },

  things: async (lab) => (await place()).things(lab),
  state: async (lab) => (await place()).state(lab),
  cannot: {
    unstartable: "what keeps an instance from starting would have to be on the member that carries it",
  },
  pause: async (lab, machine) => (await place()).pause(lab, machine),
  stop: async (lab, machine) => (await place()).stop(lab, machine),
  occupy: { project: async (lab) => (await place()).occupy.project(lab) },

  /** Only the way to the first member is cut: labwright asks no other. */
  async line() {
    const { members, useAddress } = await cluster();
    return portLine({ host: members[0]?.address ?? "", port: 8443 }, useAddress);
  },

  async close() {
    if (before === undefined) delete process.env.INCUS_CONF;
    else process.env.INCUS_CONF = before;
    await (await opened)?.close();
  },
};
