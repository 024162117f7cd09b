import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { cloudSchema } from "../../src/lab/cloud.ts";
import { openCloud } from "../../src/providers/pulumi/clouds.ts";
import { type Ec2Says, instances, onlyAws, refusal, startEc2 } from "./says.ts";

const main = join(import.meta.dirname, "../../src/main.ts");
const regions = ["eu-central-1", "us-west-2"];
/** Regions that are closed. */
let closed: string[] = [];
let mayRemove = true;
let ec2: Ec2Says;
let putBack: () => void;

before(async () => {
  ec2 = await startEc2((action, region) => {
    if (action === "DescribeRegions" && !closed.includes(region)) return { status: 200, body: regionList };
    if (!regions.includes(region)) return refusal(401, "AuthFailure");
    if (closed.includes(region)) return refusal(403, "UnauthorizedOperation");
    if (action === "TerminateInstances" && !mayRemove) return refusal(403, "UnauthorizedOperation");
    return action === "DescribeInstances" ? instances("running") : { status: 200, body: "<Response/>" };
  });
  putBack = onlyAws({ AWS_ENDPOINT_URL: ec2.endpoint });
});
after(async () => {
  putBack();
  await ec2.close();
});
beforeEach(() => {
  closed = [];
  mayRemove = true;
});

const regionList = `<DescribeRegionsResponse><regionInfo>${regions
  .map((name) => `<item><regionName>${name}</regionName></item>`)
  .join("")}</regionInfo></DescribeRegionsResponse>`;

const sweep = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const { HCLOUD_TOKEN: _, ...env } = process.env;
    const child = execFile(process.execPath, [main, "sweep", ...args], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

test("sweep tells the region of what it lists", async () => {
  const { stdout } = await sweep();
  assert.match(stdout, /LAB +CLOUD +KIND/);
  for (const region of regions) assert.match(stdout, new RegExp(`one +aws ${region} +server +i-1`));
});

test("a region that the credentials may not look at is named, and the others are swept", async () => {
  closed = ["us-west-2"];
  const { code, stdout, stderr } = await sweep("--json");
  assert.equal(code, 0);
  assert.deepEqual(
    JSON.parse(stdout).map(({ region }: { region: string }) => region),
    ["eu-central-1"],
  );
  assert.match(stderr, /Not looked at, because these credentials may not: aws us-west-2\./);
});

test("the list of regions is asked for where AWS_REGION says, and for a lab in its own region", async () => {
  closed = ["us-east-1"];
  process.env.AWS_REGION = "us-west-2";
  assert.equal((await sweep()).code, 0);
  delete process.env.AWS_REGION;
  const choice = cloudSchema.parse({ name: "aws", region: "us-west-2" });
  const resolved = (await openCloud(choice, process.env)).resolve(choice);
  await assert.rejects(resolved, { message: /^AWS has no size t3\.medium in that region/ });
});

test("a misspelt region is told already when the lab's machines are looked for", async () => {
  const choice = cloudSchema.parse({ name: "aws", region: "us-wst-2" });
  await assert.rejects((await openCloud(choice, process.env)).list("one"), {
    code: "cloud-unknown-name",
    remedy: /did you mean us-west-2/,
  });
});

test("credentials that may look and not remove are an error where something is to be removed", async () => {
  mayRemove = false;
  const { code, stderr } = await sweep("--delete");
  assert.equal(code, 1);
  assert.match(
    stderr,
    /cannot remove the server i-1: .*does not permit this operation with these credentials/,
  );
});

test("credentials that may look at nothing are an error", async () => {
  closed = regions;
  const { code, stderr } = await sweep();
  assert.equal(code, 1);
  assert.match(stderr, /does not permit this operation with these credentials/);
});
