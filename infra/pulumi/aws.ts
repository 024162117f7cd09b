import * as ec2 from "@pulumi/aws/ec2/index.js";
import { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { LabPlan, Opening } from "../../src/providers/pulumi/program.ts";
import { Lab } from "./lab.ts";

/** Debian's images have 8 GB, which a node's images and logs soon fill. In GB. */
const diskSize = 20;

/** Properties that cannot change while the machine exists: another value needs a new machine. */
const fixed = [
  "ami",
  "associatePublicIpAddress",
  "instanceType",
  "keyName",
  "metadataOptions",
  "privateIp",
  "rootBlockDevice",
  "subnetId",
  "userData",
];

/** A lab in AWS: its own network with a gateway to the internet, a security group, the lab's key, and the instances. */
export class AwsLab extends Lab {
  constructor(plan: LabPlan, options?: pulumi.ComponentResourceOptions) {
    const provider = new Provider("aws", { region: plan.region });
    super("aws", plan, { ...options, providers: [provider] });
    const { name } = plan;
    const tags = { ...plan.tags, Name: name };
    const all = "0.0.0.0/0";

    const network = this.part(
      ec2.Vpc,
      "network",
      { cidrBlock: plan.network, tags },
      { ignoreChanges: ["cidrBlock"] },
    );
    const vpcId = network.id;
    const subnet = this.part(
      ec2.Subnet,
      "subnet",
      { vpcId, cidrBlock: plan.network, availabilityZone: plan.zone, tags },
      { ignoreChanges: ["cidrBlock", "availabilityZone"] },
    );
    const gateway = this.part(ec2.InternetGateway, "gateway", { vpcId, tags });
    // The table that every network comes with: nothing of it has to be made, tied to the subnet, or removed.
    const routes = new ec2.DefaultRouteTable(
      "routes",
      {
        defaultRouteTableId: network.defaultRouteTableId,
        routes: [{ cidrBlock: all, gatewayId: gateway.id }],
        tags,
      },
      { parent: this, deletedWith: network },
    );
    const firewall = this.part(ec2.SecurityGroup, "firewall", {
      name,
      description: "What the lab file opens, and all traffic between the machines",
      vpcId,
      ingress: [
        ...plan.openings.map(ruleOf),
        { ...everything, self: true, description: "the lab's machines" },
      ],
      egress: [{ ...everything, cidrBlocks: [all] }],
      tags,
    });
    const key = this.part(
      ec2.KeyPair,
      "key",
      { keyName: name, publicKey: plan.publicKey, tags },
      { ignoreChanges: ["publicKey"] },
    );

    for (const server of plan.servers) {
      const ownTags = { ...plan.tags, ...server.tags, Name: server.name };
      this.part(
        ec2.Instance,
        server.machine,
        {
          ami: plan.image,
          instanceType: plan.size,
          subnetId: subnet.id,
          privateIp: server.privateAddress,
          associatePublicIpAddress: true,
          vpcSecurityGroupIds: [firewall.id],
          keyName: key.keyName,
          // It can stay on: Calico wraps all traffic of pods into VXLAN, so that only machines' own addresses are seen.
          sourceDestCheck: true,
          userData: pulumi.secret(server.userData),
          // One hop: pods with their own network cannot read the user data, which has the host key in it.
          metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
          rootBlockDevice: { volumeSize: diskSize, volumeType: "gp3", deleteOnTermination: true },
          tags: ownTags,
          volumeTags: ownTags,
        },
        { dependsOn: [routes], ignoreChanges: fixed, additionalSecretOutputs: ["userData"] },
      );
    }
    this.registerOutputs({});
  }
}

/** Every protocol, and so every port, which is then written as 0. */
const everything = { protocol: "-1", fromPort: 0, toPort: 0 };

function ruleOf({ what, port, from }: Opening) {
  const [first = 0, last = first] = port.split("-").map(Number);
  return { protocol: "tcp", fromPort: first, toPort: last, cidrBlocks: from, description: what };
}

export function declare(plan: LabPlan): void {
  new AwsLab(plan);
}
