import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type { LabPlan, Opening } from "../../src/providers/pulumi/program.ts";
import { Lab } from "./lab.ts";

/** Properties that cannot change while the machine exists: another value needs a new machine. */
const fixed = ["image", "location", "serverType", "sshKeys", "userData"];

/** A lab in Hetzner Cloud: a private network, a firewall, the lab's key, and the servers. */
export class HetznerLab extends Lab {
  constructor(plan: LabPlan, options?: pulumi.ComponentResourceOptions) {
    super("hetzner", plan, options);
    const { name, tags: labels } = plan;

    const network = this.part(hcloud.Network, "network", { name, ipRange: plan.network, labels });
    const subnet = new hcloud.NetworkSubnet(
      "subnet",
      {
        networkId: network.id.apply(Number),
        type: "cloud",
        networkZone: plan.zone,
        ipRange: plan.network,
      },
      { parent: this, deletedWith: network },
    );
    const rules = plan.openings.map(ruleOf);
    const firewall = this.part(hcloud.Firewall, "firewall", { name, labels, rules });
    const key = this.part(hcloud.SshKey, "key", { name, publicKey: plan.publicKey, labels });

    for (const server of plan.servers)
      this.part(
        hcloud.Server,
        server.machine,
        {
          name: server.name,
          serverType: plan.size,
          image: plan.image,
          location: plan.region,
          sshKeys: [key.id],
          firewallIds: [firewall.id.apply(Number)],
          networks: [{ networkId: network.id.apply(Number), ip: server.privateAddress, aliasIps: [] }],
          publicNets: [{ ipv4Enabled: true, ipv6Enabled: false }],
          userData: pulumi.secret(server.userData),
          labels: { ...labels, ...server.tags },
        },
        { dependsOn: [subnet], ignoreChanges: fixed },
      );
    this.registerOutputs({});
  }
}

const ruleOf = ({ what, port, from }: Opening) => ({
  direction: "in",
  protocol: "tcp",
  port,
  sourceIps: from,
  description: what,
});

export function declare(plan: LabPlan): void {
  new HetznerLab(plan);
}
