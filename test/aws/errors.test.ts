import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { openRegion } from "../../src/providers/pulumi/aws/cloud.ts";
import { errorCodes } from "../../src/providers/pulumi/aws/error-codes.ts";
import { cloudError, failureIn } from "../../src/providers/pulumi/errors.ts";
import { type Ec2Says, instances, onlyAws, refusal, startEc2 } from "./says.ts";

/** Each answer is used once; then it is as if nothing were there. */
const answers: [status: number, code: string][] = [];
let silent = false;
let ec2: Ec2Says;
let putBack: () => void;

before(async () => {
  ec2 = await startEc2(() => {
    const [status, code] = answers.shift() ?? [];
    if (silent) return undefined;
    return status !== undefined && code !== undefined ? refusal(status, code) : instances();
  });
  putBack = onlyAws({ AWS_ENDPOINT_URL: ec2.endpoint });
});
after(async () => {
  putBack();
  await ec2.close();
});
afterEach(() => {
  answers.length = 0;
  ec2.calls.length = 0;
  silent = false;
});

const server1 = { kind: "server", id: "i-1", name: "labwright-one-cp", tags: {} } as const;
const start = (limits: { limit?: number; answerLimit?: number } = {}) =>
  openRegion({ region: "eu-central-1", limit: 0, ...limits }).powerOn(server1);

/** The typed error for each of the cloud's own. */
const refusals: [number, string, string][] = [
  [401, "AuthFailure", "cloud-token-refused"],
  [400, "RequestExpired", "cloud-token-refused"],
  [403, "UnauthorizedOperation", "cloud-forbidden"],
  [403, "AnotherWordForNo", "cloud-forbidden"],
  [400, "VcpuLimitExceeded", "cloud-quota"],
  [400, "InstanceLimitExceeded", "cloud-quota"],
  [400, "VpcLimitExceeded", "cloud-quota"],
  [400, "InvalidAMIID.NotFound", "cloud-not-found"],
  [400, "InvalidKeyPair.Duplicate", "name-taken"],
  [400, "InvalidIPAddress.InUse", "name-taken"],
  [400, "IncorrectInstanceState", "cloud-busy"],
  [400, "InvalidParameterValue", "cloud-refused"],
];

for (const [status, word, code] of refusals)
  test(`${word} is ${code}, is not tried again, and has a remedy`, async () => {
    answers.push([status, word]);
    await assert.rejects(start(), (error) => {
      assert.ok(error instanceof LabwrightError);
      assert.equal(error.code, code);
      assert.match(error.message, /^cannot switch the server labwright-one-cp on: the cloud /);
      assert.ok(error.remedy.length > 20);
      assert.equal(error.output, `${word}: so it is`);
      assert.doesNotMatch(`${error.remedy}${error.message}`, /HCLOUD|Hetzner/);
      return true;
    });
    assert.deepEqual(ec2.calls, ["StartInstances"]);
  });

for (const [status, word, code] of [
  [503, "InsufficientInstanceCapacity", "cloud-sold-out"],
  [503, "RequestLimitExceeded", "cloud-rate-limit"],
  [500, "InternalError", "cloud-broken"],
] as const)
  test(`${word} is tried again, and is ${code} where it stays so`, async () => {
    answers.push(...Array.from({ length: 20 }, (): [number, string] => [status, word]));
    await assert.rejects(start(), { code });
    assert.ok(ec2.calls.length > 1, ec2.calls.join());
  });

test("a fault that passes is not noticed", async () => {
  answers.push([503, "RequestLimitExceeded"], [500, "InternalError"]);
  const cloud = openRegion({ region: "eu-central-1" });
  assert.deepEqual(await cloud.list("one"), []);
});

test("an answer that does not come is an error after the limit", async () => {
  silent = true;
  await assert.rejects(start({ answerLimit: 100 }), { code: "cloud-silent" });
});

test("a cloud that cannot be reached is an error", async () => {
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
  await assert.rejects(start(), (error) => {
    assert.ok(error instanceof LabwrightError);
    assert.equal(error.code, "cloud-silent");
    assert.match(error.output ?? "", /ECONNREFUSED/);
    assert.match(error.remedy, /AWS_ENDPOINT_URL/);
    return true;
  });
  process.env.AWS_ENDPOINT_URL = ec2.endpoint;
});

test("without credentials the cloud is not asked, and what to give is said", async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  await assert.rejects(start(), (error) => {
    assert.ok(error instanceof LabwrightError);
    assert.equal(error.code, "cloud-token-missing");
    assert.match(error.remedy, /AWS_PROFILE, or in AWS_ACCESS_KEY_ID/);
    return true;
  });
  assert.deepEqual(ec2.calls, []);
  process.env.AWS_ACCESS_KEY_ID = "AKIATESTING";
});

test("what the plugin says in words is the same typed error", () => {
  const reported = (said: string) =>
    cloudError(errorCodes, { ...failureIn(errorCodes, said), doing: "x", said }).code;
  const quota =
    "creating EC2 Instance: operation error EC2: RunInstances, https response error StatusCode: 400, RequestID: 1b2, api error VcpuLimitExceeded: You have requested more vCPU capacity";
  assert.equal(reported(quota), "cloud-quota");
  assert.equal(reported("error: No valid credential sources found. Please see …"), "cloud-token-missing");
  assert.equal(
    reported("https response error StatusCode: 403, RequestID: 1, api error Odd: no"),
    "cloud-forbidden",
  );
  const silence =
    "operation error EC2: DescribeVpcs, https response error StatusCode: 0, RequestID: , request send failed, Post: dial tcp: lookup ec2.nowhere.amazonaws.com: no such host";
  assert.equal(reported(silence), "cloud-silent");
  assert.equal(failureIn(errorCodes, "error: program failed"), undefined);
});
