import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
  ImportKeyPairCommand,
  type ResourceType,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { generateKeyPair } from "../../src/hosts/keys.ts";

/** The id of a lab of these tests. */
export const idOf = (lab: string): string => Buffer.from(lab.padEnd(8)).toString("hex").slice(0, 16);

/** Makes what infra/pulumi/aws.ts declares, with the same tags, by the requests that Pulumi's plugin sends. */
export async function makeLab(
  client: EC2Client,
  lab: string,
  machines: readonly string[],
  expiry = "20991231T000000Z",
): Promise<string[]> {
  const tags = (type: ResourceType, name: string, machine?: string) => [
    {
      ResourceType: type,
      Tags: Object.entries({
        Name: name,
        "labwright-lab": lab,
        "labwright-id": idOf(lab),
        "labwright-expiry": expiry,
        ...(machine !== undefined && { "labwright-machine": machine }),
      }).map(([Key, Value]) => ({ Key, Value })),
    },
  ];
  const name = `labwright-${lab}`;
  const { Vpc } = await client.send(
    new CreateVpcCommand({ CidrBlock: "10.88.0.0/24", TagSpecifications: tags("vpc", name) }),
  );
  const VpcId = Vpc?.VpcId;
  const { Subnet } = await client.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: "10.88.0.0/24", TagSpecifications: tags("subnet", name) }),
  );
  const { InternetGateway } = await client.send(
    new CreateInternetGatewayCommand({ TagSpecifications: tags("internet-gateway", name) }),
  );
  const { InternetGatewayId } = InternetGateway ?? {};
  await client.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { GroupId = "" } = await client.send(
    new CreateSecurityGroupCommand({
      VpcId,
      GroupName: name,
      Description: name,
      TagSpecifications: tags("security-group", name),
    }),
  );
  await client.send(
    new ImportKeyPairCommand({
      KeyName: name,
      PublicKeyMaterial: Buffer.from(generateKeyPair("lab").publicKey),
      TagSpecifications: tags("key-pair", name),
    }),
  );
  const ids: string[] = [];
  for (const [index, machine] of machines.entries()) {
    const own = `${name}-${machine}`;
    const { Instances = [] } = await client.send(
      new RunInstancesCommand({
        ImageId: "ami-00000000000000013",
        InstanceType: "t3.medium",
        MinCount: 1,
        MaxCount: 1,
        KeyName: name,
        NetworkInterfaces: [
          {
            DeviceIndex: 0,
            SubnetId: Subnet?.SubnetId,
            PrivateIpAddress: `10.88.0.${10 + index}`,
            AssociatePublicIpAddress: true,
            Groups: [GroupId],
          },
        ],
        TagSpecifications: [...tags("instance", own, machine), ...tags("volume", own, machine)],
      }),
    );
    ids.push(Instances[0]?.InstanceId ?? "");
  }
  return ids;
}
