import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { openRegion } from "../../src/providers/pulumi/aws/cloud.ts";
import { type Ec2Says, instances, onlyAws, refusal, type Saying, startEc2 } from "./says.ts";

/** What is said to each action in turn; the last of it again and again. */
let sayings: Record<string, Saying[]> = {};
const done: Saying = { status: 200, body: "<Response/>" };
let ec2: Ec2Says;
let putBack: () => void;

before(async () => {
  ec2 = await startEc2((action) => {
    const [first, ...rest] = sayings[action] ?? [done];
    if (rest.length > 0) sayings[action] = rest;
    return first;
  });
  putBack = onlyAws({ AWS_ENDPOINT_URL: ec2.endpoint });
});
after(async () => {
  putBack();
  await ec2.close();
});
beforeEach(() => {
  ec2.calls.length = 0;
});

const cloud = (signal?: AbortSignal) => openRegion({ region: "eu-central-1", signal });
const cp = { kind: "server", id: "i-1", name: "cp", tags: {} } as const;

test("a machine is removed only when it is gone, because until then it holds its network", async () => {
  sayings = { DescribeInstances: [instances("shutting-down"), instances("terminated")] };
  await cloud().remove(cp);
  assert.deepEqual(ec2.calls, ["TerminateInstances", "DescribeInstances", "DescribeInstances"]);
});

test("a machine that is just going is half-made, and one that is off is not", async () => {
  sayings = { DescribeInstances: [instances("shutting-down", "stopped", "pending")] };
  const things = await cloud().list("one");
  assert.deepEqual(
    things.map(({ halfMade, server }) => [halfMade, server?.running]),
    [
      [true, false],
      [undefined, false],
      [undefined, true],
    ],
  );
});

test("a machine that is just being switched off is switched on afterwards, and waited for", async () => {
  sayings = {
    StartInstances: [refusal(400, "IncorrectInstanceState"), done],
    DescribeInstances: [instances("pending"), instances("running")],
  };
  await cloud().powerOn(cp);
  const calls = ["StartInstances", "StartInstances", "DescribeInstances", "DescribeInstances"];
  assert.deepEqual(ec2.calls, calls);
});

test("a run that is interrupted waits no longer", async () => {
  sayings = { DescribeInstances: [instances("shutting-down")] };
  const started = Date.now();
  await assert.rejects(cloud(AbortSignal.timeout(300)).remove(cp));
  assert.ok(Date.now() - started < 3000);
});
