import { sh } from "../../src/hosts/sh.ts";
import { networkName } from "../../src/providers/incus/names.ts";
import { incusPlace } from "../contract/providers-incus-candidate.ts";
import type { IncusCluster } from "./cluster.ts";

/** What a cluster has of a lab: also bridges and tunnels that a member has, and the cluster no longer knows. */
export function clusterPlace({ members }: IncusCluster): ReturnType<typeof incusPlace> {
  const place = incusPlace(async (command) => {
    const [first] = members;
    return (await first?.inside(sh`incus ${command}`.reveal()))?.trim() ?? "";
  });
  return {
    ...place,
    async things(lab) {
      const bridges = ["1", "2"].map((set) => networkName({ name: lab, set }).replace(".", "[.]"));
      const links = members.map(async ({ name, inside }) => {
        const found = await inside(
          sh`ls /sys/class/net | grep -E -e ${`^(${bridges.join("|")})(-t)?$`} || true`.reveal(),
        );
        return found.split("\n").flatMap((link) => (link === "" ? [] : `${link} on ${name}`));
      });
      return [...(await place.things(lab)), ...(await Promise.all(links)).flat()];
    },
  };
}
