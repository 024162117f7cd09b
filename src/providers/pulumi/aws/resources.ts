import {
  DeleteInternetGatewayCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVolumeCommand,
  DeleteVpcCommand,
  DescribeInternetGatewaysCommand,
  DescribeKeyPairsCommand,
  DetachInternetGatewayCommand,
  type EC2PaginationConfiguration,
  type Filter,
  type Instance,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVolumes,
  paginateDescribeVpcs,
  type Tag,
  TerminateInstancesCommand,
  waitUntilInstanceTerminated,
} from "@aws-sdk/client-ec2";
import type { CloudResource } from "../cloud.ts";
import { type Ec2, filter, type Sending, tagsOf } from "./api.ts";

interface Way {
  kind: CloudResource["kind"];
  list(ec2: Ec2, filters: Filter[]): Promise<CloudResource[]>;
  remove(ec2: Ec2, resource: CloudResource): Promise<unknown>;
}

/** How long to wait until a machine is gone, in seconds: until then it uses its network. */
const ending = { minDelay: 1, maxDelay: 5, maxWaitTime: 300 };

/** All but `terminated`: such an instance is listed for an hour, and no longer exists. */
const states = ["pending", "running", "stopping", "stopped", "shutting-down"];

/** Lists the resources of one kind that all the filters match, page by page. */
const listing =
  <Page>(
    what: string,
    pages: (
      config: EC2PaginationConfiguration,
      input: { Filters: Filter[] },
      sending: Sending,
    ) => AsyncIterable<Page>,
    thingsOf: (page: Page) => CloudResource[],
    ...more: Filter[]
  ): Way["list"] =>
  (ec2, filters) =>
    ec2.all(
      `list the ${what} of labs`,
      () => pages({ client: ec2.client }, { Filters: [...filters, ...more] }, ec2.sending),
      thingsOf,
    );

/** How EC2 lists and removes each kind. The main route table and the disks of servers are deleted with their owners. */
export const ways: readonly Way[] = [
  {
    kind: "server",
    list: listing(
      "servers",
      paginateDescribeInstances,
      ({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances.map(serverOf)),
      filter("instance-state-name", ...states),
    ),
    async remove({ client, sending }, { id }) {
      await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }), sending);
      await waitUntilInstanceTerminated({ client, ...ending, ...sending }, { InstanceIds: [id] });
    },
  },
  {
    kind: "volume",
    list: listing(
      "volumes",
      paginateDescribeVolumes,
      ({ Volumes = [] }) =>
        Volumes.map(({ VolumeId, Tags }) => ({ ...resource("volume", VolumeId, Tags), halfMade: true })),
      // A volume in use is deleted with its server.
      filter("status", "available", "error"),
    ),
    remove: ({ client, sending }, { id: VolumeId }) =>
      client.send(new DeleteVolumeCommand({ VolumeId }), sending),
  },
  {
    kind: "firewall",
    list: listing("security groups", paginateDescribeSecurityGroups, ({ SecurityGroups = [] }) =>
      SecurityGroups.map(({ GroupId, Tags }) => resource("firewall", GroupId, Tags)),
    ),
    remove: ({ client, sending }, { id: GroupId }) =>
      client.send(new DeleteSecurityGroupCommand({ GroupId }), sending),
  },
  {
    kind: "gateway",
    list: listing("gateways", paginateDescribeInternetGateways, ({ InternetGateways = [] }) =>
      InternetGateways.map(({ InternetGatewayId, Tags }) => resource("gateway", InternetGatewayId, Tags)),
    ),
    async remove({ client, sending }, { id: InternetGatewayId }) {
      const described = new DescribeInternetGatewaysCommand({ InternetGatewayIds: [InternetGatewayId] });
      const { InternetGateways = [] } = await client.send(described, sending);
      for (const { VpcId } of InternetGateways.flatMap(({ Attachments = [] }) => Attachments))
        await client.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId }), sending);
      await client.send(new DeleteInternetGatewayCommand({ InternetGatewayId }), sending);
    },
  },
  {
    kind: "subnet",
    list: listing("subnets", paginateDescribeSubnets, ({ Subnets = [] }) =>
      Subnets.map(({ SubnetId, Tags }) => resource("subnet", SubnetId, Tags)),
    ),
    remove: ({ client, sending }, { id: SubnetId }) =>
      client.send(new DeleteSubnetCommand({ SubnetId }), sending),
  },
  {
    kind: "network",
    list: listing("networks", paginateDescribeVpcs, ({ Vpcs = [] }) =>
      Vpcs.map(({ VpcId, Tags }) => resource("network", VpcId, Tags)),
    ),
    remove: ({ client, sending }, { id: VpcId }) => client.send(new DeleteVpcCommand({ VpcId }), sending),
  },
  {
    kind: "ssh-key",
    list: (ec2, Filters) =>
      ec2.ask({ doing: "list the keys of labs" }, async () => {
        const { KeyPairs = [] } = await ec2.client.send(
          new DescribeKeyPairsCommand({ Filters }),
          ec2.sending,
        );
        return KeyPairs.map(({ KeyPairId, KeyName = "", Tags }) => ({
          ...resource("ssh-key", KeyPairId, Tags),
          name: KeyName,
          stateId: KeyName,
        }));
      }),
    remove: ({ client, sending }, { name: KeyName }) =>
      client.send(new DeleteKeyPairCommand({ KeyName }), sending),
  },
];

function serverOf({ InstanceId, Tags, State, PublicIpAddress, PrivateIpAddress }: Instance): CloudResource {
  const server = {
    running: State?.Name === "running" || State?.Name === "pending",
    ...(State?.Name === "stopping" && { changing: State.Name }),
    publicAddress: PublicIpAddress || undefined,
    privateAddress: PrivateIpAddress || undefined,
  };
  return {
    ...resource("server", InstanceId, Tags),
    server,
    // Until it is gone it occupies an address that another one may need.
    ...(State?.Name === "shutting-down" && { halfMade: true }),
  };
}

function resource(kind: CloudResource["kind"], id = "", given: Tag[] | undefined): CloudResource {
  const tags = tagsOf(given);
  return { kind, id, name: tags.Name ?? id, tags };
}
