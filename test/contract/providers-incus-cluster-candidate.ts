import { sh } from "../../src/hosts/sh.ts";
import { networkName } from "../../src/providers/incus/names.ts";
import { type IncusCluster, incusCluster, noCluster } from "../incus-cluster/cluster.ts";
import { type Candidate, tooSlow } from "./providers-candidate.ts";
import { incusPlace } from "./providers-incus-candidate.ts";

const before = process.env.INCUS_CONF;
let opened: Promise<IncusCluster> | undefined;

/** Made when the first lab is, so that it costs nothing where the suite is skipped. */
function cluster(): Promise<IncusCluster> {
  opened ??= incusCluster("contract");
  return opened;
}

const place = incusPlace(async (command) => {
  const [first] = (await cluster()).members;
  return (await first?.inside(sh`incus ${command}`.reveal()))?.trim() ?? "";
});

/** Incus on two computers. */
export const incusClusterCandidate: Candidate = {
  ...place,
  name: "incus",
  title: "incus-cluster",
  unavailable: tooSlow || (await noCluster()),
  cannot: { cut: "the line that is cut leads to a socket, not to a remote" },

  async settings() {
    process.env.INCUS_CONF = (await cluster()).env.INCUS_CONF;
    return { text: "incus: { remote: cluster }" };
  },

  /** Also bridges and tunnels that a member has, and the cluster no longer knows. */
  async things(lab) {
    const { members } = await cluster();
    const links = members.map(async ({ name, inside }) => {
      const found = await inside(sh`ls /sys/class/net | grep -e ${`^${networkName(lab)}`} || true`.reveal());
      return found.split("\n").flatMap((link) => (link === "" ? [] : `${link} on ${name}`));
    });
    return [...(await place.things(lab)), ...(await Promise.all(links)).flat()];
  },

  async close() {
    if (before === undefined) delete process.env.INCUS_CONF;
    else process.env.INCUS_CONF = before;
    await (await opened)?.close();
  },
};
