import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type { LabPlan, Opening, ServerPlan } from "../../src/providers/pulumi/program.ts";

/** The private networks of these locations are in one zone each. https://docs.hetzner.cloud/reference/cloud#locations */
const zones: Record<string, string> = { ash: "us-east", hil: "us-west", sin: "ap-southeast" };

/** A machine is what it was made as: these can only be had otherwise by a machine that is made anew. */
const fixed = ["image", "location", "serverType", "sshKeys", "userData"];

/** A lab in Hetzner Cloud: a private network, a firewall, the lab's key, and the servers. */
export class HetznerLab extends pulumi.ComponentResource {
  readonly servers: hcloud.Server[];

  constructor(plan: LabPlan, options?: pulumi.ComponentResourceOptions) {
    super("labwright:hetzner:Lab", plan.lab, {}, options);
    const { tags: labels } = plan;
    const name = `labwright-${plan.lab}`;
    const mine = this.#options.bind(this, plan);

    const network = new hcloud.Network("network", { name, ipRange: plan.network, labels }, mine("network"));
    const subnet = new hcloud.NetworkSubnet(
      "subnet",
      {
        networkId: network.id.apply(Number),
        type: "cloud",
        networkZone: zones[plan.region] ?? "eu-central",
        ipRange: plan.network,
      },
      { parent: this, deletedWith: network },
    );
    const rules = plan.openings.map(ruleOf);
    const firewall = new hcloud.Firewall("firewall", { name, labels, rules }, mine("firewall"));
    const key = new hcloud.SshKey("key", { name, publicKey: plan.publicKey, labels }, mine("key"));

    const serverOf = (server: ServerPlan) =>
      new hcloud.Server(
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
        { ...mine(server.machine), dependsOn: [subnet], ignoreChanges: fixed },
      );
    this.servers = plan.servers.map(serverOf);
    this.registerOutputs({});
  }

  /** What is in the cloud already and not in the state is taken into it instead of being made twice. */
  #options({ adopt }: LabPlan, name: string): pulumi.CustomResourceOptions {
    const id = adopt[name];
    return { parent: this, ...(id === undefined ? {} : { import: id }) };
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
