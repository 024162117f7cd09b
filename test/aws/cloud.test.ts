import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import {
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeVpcsCommand,
  EC2Client,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import { LabwrightError } from "../../src/errors.ts";
import { cloudSchema } from "../../src/lab/cloud.ts";
import { openRegion } from "../../src/providers/pulumi/aws/cloud.ts";
import type { CloudResource } from "../../src/providers/pulumi/cloud.ts";
import { cloudsAtHand, openCloud } from "../../src/providers/pulumi/clouds.ts";
import { removeLab } from "../../src/providers/pulumi/remove.ts";
import { quiet } from "../cloud/lab.ts";
import { idOf, makeLab } from "./lab.ts";
import { findMoto, type Moto, startMoto } from "./moto.ts";
import { onlyAws } from "./says.ts";

const found = await findMoto();
const skip = "missing" in found && found.missing;
const region = "eu-central-1";
let moto: Moto;
let putBack: () => void;
let client: EC2Client;

before(async () => {
  if ("missing" in found) return;
  moto = await startMoto(found.python);
  putBack = onlyAws({ AWS_ENDPOINT_URL: moto.endpoint });
  client = new EC2Client({ region });
});
after(async () => {
  putBack?.();
  await moto?.close();
});
afterEach(async () => {
  await fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" });
});

const choice = (given: object = {}) => cloudSchema.parse({ name: "aws", region, ...given });
const open = () => openCloud(choice(), process.env);
const kindsOf = (things: readonly CloudResource[]) => things.map(({ kind }) => kind).sort();
const whole = ["firewall", "gateway", "network", "server", "server", "ssh-key", "subnet"];
const serverOf = async (lab: string, machine: string): Promise<CloudResource> => {
  const things = await (await open()).list(lab);
  const found = things.find(({ tags }) => tags["labwright-machine"] === machine);
  assert.ok(found, machine);
  return found;
};

describe("EC2", { skip }, () => {
  test("what has a lab's tag is listed, with names, addresses and tags; nothing else is", async () => {
    await makeLab(client, "one", ["cp", "w"]);
    await makeLab(client, "two", ["cp"]);
    const things = await (await open()).list("one");
    assert.deepEqual(kindsOf(things), whole);
    assert.ok(
      things.every(({ tags, name }) => tags["labwright-lab"] === "one" && /^labwright-one/.test(name)),
    );
    const cp = await serverOf("one", "cp");
    assert.equal(cp.server?.running, true);
    assert.equal(cp.server.privateAddress, "10.88.0.10");
    assert.match(cp.server.publicAddress ?? "", /^\d+\.\d+\.\d+\.\d+$/);
    assert.equal(things.find(({ kind }) => kind === "ssh-key")?.stateId, "labwright-one");
    // Every account has networks and firewalls that are nobody's.
    assert.equal((await (await open()).list()).length, 7 + 6);
  });

  test("a lab is removed by its tags, whatever any state says, and another lab stays", async () => {
    const [id = ""] = await makeLab(client, "one", ["cp", "w"]);
    await makeLab(client, "two", ["cp"]);
    const removed = await removeLab(await open(), { name: "one", id: idOf("one") }, quiet);
    assert.equal(removed.length, 7);
    assert.deepEqual(kindsOf(await (await open()).list()), whole.slice(0, 3).concat(whole.slice(4)));
    const { Reservations = [] } = await client.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    assert.equal(Reservations[0]?.Instances?.[0]?.State?.Name, "terminated");
    const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}));
    assert.deepEqual(Vpcs.map(({ IsDefault }) => IsDefault).sort(), [false, true]);
  });

  test("what is gone already is removed without an error", async () => {
    await makeLab(client, "one", ["cp"]);
    const things = await (await open()).list("one");
    await removeLab(await open(), { name: "one", id: idOf("one") }, quiet);
    for (const thing of things) await (await open()).remove(thing);
  });

  test("what something still uses is tried again, and told as busy when the time is up", async () => {
    await makeLab(client, "one", ["cp"]);
    const cloud = openRegion({ region, limit: 1200 });
    const network = (await cloud.list("one")).find(({ kind }) => kind === "network");
    assert.ok(network);
    const started = Date.now();
    await assert.rejects(cloud.remove(network), (error) => {
      assert.ok(error instanceof LabwrightError);
      assert.equal(error.code, "cloud-busy");
      assert.match(error.output ?? "", /DependencyViolation/);
      return true;
    });
    assert.ok(Date.now() - started > 400);
  });

  test("a disk that is left over is half-made, and is removed", async () => {
    await client.send(
      new CreateVolumeCommand({
        AvailabilityZone: `${region}a`,
        Size: 1,
        TagSpecifications: [
          {
            ResourceType: "volume",
            Tags: [
              { Key: "labwright-lab", Value: "one" },
              { Key: "labwright-id", Value: idOf("one") },
            ],
          },
        ],
      }),
    );
    const [volume] = await (await open()).list("one");
    assert.deepEqual([volume?.kind, volume?.halfMade], ["volume", true]);
    await removeLab(await open(), { name: "one", id: idOf("one") }, quiet);
    assert.deepEqual(await (await open()).list(), []);
  });

  test("a machine that is switched off is told so, and is switched on", async () => {
    const [id = ""] = await makeLab(client, "one", ["cp"]);
    await client.send(new StopInstancesCommand({ InstanceIds: [id] }));
    const cp = await serverOf("one", "cp");
    assert.equal(cp.server?.running, false);
    await (await open()).powerOn(cp);
    assert.equal((await serverOf("one", "cp")).server?.running, true);
  });

  test("tags are set, changed and taken away, on a machine and on a key", async () => {
    await makeLab(client, "one", ["cp"]);
    const cloud = await open();
    for (const kind of ["server", "ssh-key"] as const) {
      const thing = (await cloud.list("one")).find((one) => one.kind === kind);
      assert.ok(thing);
      const { Name: _, ...kept } = thing.tags;
      await cloud.setTags(thing, { ...kept, "labwright-expiry": "soon", "labwright-logins": "d1gest" });
      const after = (await cloud.list("one")).find((one) => one.kind === kind);
      assert.deepEqual(after?.tags, { ...kept, "labwright-expiry": "soon", "labwright-logins": "d1gest" });
    }
  });

  test("names become the newest image of the publisher's own account, for the size's processor, and a zone", async () => {
    const cloud = await open();
    const debian = await cloud.resolve(choice());
    assert.equal(debian.image, "ami-00000000000000013");
    assert.match(debian.zone, /^eu-central-1[a-c]$/);
    assert.equal((await cloud.resolve(choice({ size: "t4g.medium" }))).image, "ami-00000000000000014");
    assert.equal((await cloud.resolve(choice({ image: "ubuntu-24.04" }))).image, "ami-00000000000000017");
    assert.equal(debian.architecture, "amd64");
    assert.equal((await cloud.resolve(choice({ size: "t4g.medium" }))).architecture, "arm64");
    const own = "ami-00000000000000012";
    assert.equal((await cloud.resolve(choice({ image: own }))).image, own);
  });

  test("an image for another processor than the size's is refused before anything is made", async () => {
    const wrong = choice({ size: "t4g.medium", image: "ami-00000000000000012" });
    await assert.rejects((await open()).resolve(wrong), {
      code: "cloud-architecture",
      message:
        "the image ami-00000000000000012 is for amd64, and servers of the size t4g.medium have arm64 processors",
    });
  });

  for (const [what, wrong, nearest] of [
    ["region", "eu-centrl-1", "eu-central-1"],
    ["size", "t3.medum", "t3.medium"],
    ["image", "debian-14", "debian-1[23]"],
    ["image", "ubuntu-24.40", "ubuntu-24.04"],
  ] as const)
    test(`the ${what} ${wrong} is told with the nearest that there is`, async () => {
      const cloud = await openCloud(choice({ [what]: wrong }), process.env);
      await assert.rejects(cloud.resolve(choice({ [what]: wrong })), (error) => {
        assert.ok(error instanceof LabwrightError);
        assert.equal(error.code, "cloud-unknown-name");
        assert.match(error.message, new RegExp(`AWS has no ${what} ${wrong}`));
        assert.match(error.remedy, new RegExp(`did you mean ${nearest}\\?`));
        assert.ok(error.remedy.length < 600, error.remedy);
        return true;
      });
    });

  test("an image that is named by itself has to be there", async () => {
    const wrong = choice({ image: "ami-0123456789abcdef0" });
    await assert.rejects((await open()).resolve(wrong), { code: "cloud-not-found" });
  });

  test("the price is not told, and that is said", async () => {
    const cost = await (await open()).cost(choice(), 3);
    assert.ok("untold" in cost);
    assert.match(cost.for, /^3 servers of the type t3\.medium in eu-central-1/);
  });

  test("without a lab file every region is looked at", async () => {
    await makeLab(client, "here", ["cp"]);
    await makeLab(new EC2Client({ region: "us-west-2" }), "there", ["cp"]);
    const clouds = await cloudsAtHand(process.env, AbortSignal.any([]));
    assert.ok(clouds.length > 10);
    const things = (await Promise.all(clouds.map(({ cloud }) => cloud.list()))).flat();
    assert.deepEqual(new Set(things.map(({ tags }) => tags["labwright-lab"])), new Set(["here", "there"]));
  });
});
