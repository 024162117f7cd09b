import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Declared, declaredBy, named, plan, tags } from "./declared.ts";

const names = ["aws", "ci", "cp", "firewall", "gateway", "key", "network", "routes", "subnet", "w"];
let declared: Declared[];
let adopting: Declared[];

before(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIASECRET", AWS_SECRET_ACCESS_KEY: "AKIASECRET" });
  const { AwsLab } = await import("../../infra/pulumi/aws.ts");
  declared = await declaredBy((options) => new AwsLab(plan, options), names);
  const adopt = { network: "vpc-1", firewall: "sg-1", cp: "i-1" };
  adopting = await declaredBy((options) => new AwsLab({ ...plan, adopt }, options), names);
});

const inputs = (name: string) => named(declared, name).inputs;

test("a lab is one network with a subnet, a gateway and routes, a firewall, a key, and an instance for each machine", () => {
  const types = declared.map(({ type, name }) => `${name} ${type}`).sort();
  assert.deepEqual(types, [
    "aws pulumi:providers:aws",
    "ci labwright:aws:Lab",
    "cp aws:ec2/instance:Instance",
    "firewall aws:ec2/securityGroup:SecurityGroup",
    "gateway aws:ec2/internetGateway:InternetGateway",
    "key aws:ec2/keyPair:KeyPair",
    "network aws:ec2/vpc:Vpc",
    "routes aws:ec2/defaultRouteTable:DefaultRouteTable",
    "subnet aws:ec2/subnet:Subnet",
    "w aws:ec2/instance:Instance",
  ]);
  assert.equal(inputs("aws").region, "somewhere");
});

test("everything has lab, owner, expiry and a name, and an instance's disk has the instance's own", () => {
  for (const { name, inputs } of declared) {
    if (name === "aws" || name === "ci") continue;
    assert.partialDeepStrictEqual(inputs.tags, tags, name);
    assert.match((inputs.tags as { Name: string }).Name, /^labwright-ci/);
  }
  const { tags: own, volumeTags, rootBlockDevice } = inputs("cp");
  assert.deepEqual(volumeTags, own);
  assert.partialDeepStrictEqual(own, { Name: "labwright-ci-cp", "labwright-machine": "cp" });
  assert.partialDeepStrictEqual(rootBlockDevice, { deleteOnTermination: true, volumeSize: 20 });
});

test("the firewall lets in what the plan opens and the lab's machines, and lets everything out", () => {
  const { ingress, egress, vpcId } = inputs("firewall");
  const rules = ingress as Record<string, unknown>[];
  assert.deepEqual(
    rules.map(({ protocol, fromPort, toPort, cidrBlocks, self }) => [
      protocol,
      fromPort,
      toPort,
      self ?? cidrBlocks,
    ]),
    [
      ["tcp", 22, 22, ["203.0.113.7/32"]],
      ["tcp", 30000, 32767, ["0.0.0.0/0"]],
      ["-1", 0, 0, true],
    ],
  );
  assert.deepEqual(egress, [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }]);
  assert.equal(vpcId, idOf("network"));
});

test("an instance is in the subnet at the plan's address, behind the firewall, with a public address and the lab's key", () => {
  const cp = inputs("cp");
  assert.deepEqual(
    [cp.subnetId, cp.privateIp, cp.vpcSecurityGroupIds, cp.associatePublicIpAddress, cp.keyName],
    [idOf("subnet"), "10.88.0.10", [idOf("firewall")], true, "labwright-ci"],
  );
  assert.deepEqual([cp.ami, cp.instanceType], ["image-1", "small"]);
  assert.equal(inputs("subnet").availabilityZone, "somewhere-b");
  assert.equal(inputs("key").publicKey, "ssh-ed25519 AAAA lab");
});

test("what leaves the network goes by the gateway, in the table that the network came with", () => {
  assert.equal(inputs("routes").defaultRouteTableId, "rtb-main");
  assert.deepEqual(inputs("routes").routes, [{ cidrBlock: "0.0.0.0/0", gatewayId: idOf("gateway") }]);
});

test("user data is a secret, whose change replaces nothing, and which no pod can ask for", () => {
  const cp = named(declared, "cp");
  assert.deepEqual(cp.secret, ["userData"]);
  assert.equal(cp.inputs.userData, "#cloud-config\n{}");
  assert.ok(cp.ignored.includes("userData"));
  assert.deepEqual(cp.inputs.metadataOptions, {
    httpEndpoint: "enabled",
    httpTokens: "required",
    httpPutResponseHopLimit: 1,
  });
});

test("no credentials go into the program, and so none into the state", () => {
  assert.doesNotMatch(JSON.stringify(declared), /AKIASECRET/);
});

test("what the cloud has already is taken in just as it is; the rest is made", () => {
  const adopted = adopting.flatMap(({ name, adopted }) => (adopted === undefined ? [] : [[name, adopted]]));
  assert.deepEqual(Object.fromEntries(adopted), { network: "vpc-1", firewall: "sg-1", cp: "i-1" });
  for (const name of ["network", "firewall", "cp"]) {
    const { ignored, inputs } = named(adopting, name);
    for (const input of Object.keys(inputs)) assert.ok(ignored.includes(input), `${name}: ${input}`);
  }
  assert.equal(named(adopting, "w").ignored.includes("tags"), false);
});

const idOf = (name: string): string => String(declared.findIndex((one) => one.name === name) + 1);
