import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { openRegion } from "../../src/providers/pulumi/aws/cloud.ts";
import { dialect } from "../../src/providers/pulumi/aws/dialect.ts";
import { cloudError, failureIn } from "../../src/providers/pulumi/errors.ts";

/** Answers each request as EC2 says no, until `answers` is empty; then as if nothing were there; `silent`: never. */
const answers: { status: number; code: string }[] = [];
const calls: string[] = [];
const environment = { ...process.env };
let silent = false;
let server: Server;

const refusal = (code: string) =>
  `<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>so it is</Message></Error></Errors><RequestID>1</RequestID></Response>`;
const nothing = "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>";

before(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    calls.push(new URLSearchParams(body).get("Action") ?? "");
    if (silent) return;
    const answer = answers.shift();
    response.writeHead(answer?.status ?? 200, { "content-type": "text/xml" });
    response.end(answer ? refusal(answer.code) : nothing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.AWS_EC2_METADATA_DISABLED = "true";
  process.env.AWS_CONFIG_FILE = "/nonexistent/config";
  process.env.AWS_SHARED_CREDENTIALS_FILE = "/nonexistent/credentials";
  giveCredentials();
});
after(() => {
  process.env = environment;
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  answers.length = 0;
  calls.length = 0;
  silent = false;
});

function giveCredentials(): void {
  process.env.AWS_ACCESS_KEY_ID = "AKIATESTING";
  process.env.AWS_SECRET_ACCESS_KEY = "s3cret";
}

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
    answers.push({ status, code: word });
    await assert.rejects(start(), (error) => {
      assert.ok(error instanceof LabwrightError);
      assert.equal(error.code, code);
      assert.match(error.message, /^cannot switch the server labwright-one-cp on: the cloud /);
      assert.ok(error.remedy.length > 20);
      assert.equal(error.output, `${word}: so it is`);
      assert.doesNotMatch(`${error.remedy}${error.message}`, /HCLOUD|Hetzner/);
      return true;
    });
    assert.deepEqual(calls, ["StartInstances"]);
  });

for (const [status, word, code] of [
  [503, "InsufficientInstanceCapacity", "cloud-sold-out"],
  [503, "RequestLimitExceeded", "cloud-rate-limit"],
  [500, "InternalError", "cloud-broken"],
] as const)
  test(`${word} is tried again, and is ${code} where it stays so`, async () => {
    answers.push(...Array.from({ length: 20 }, () => ({ status, code: word })));
    await assert.rejects(start(), { code });
    assert.ok(calls.length > 1, calls.join());
  });

test("a fault that passes is not noticed", async () => {
  answers.push({ status: 503, code: "RequestLimitExceeded" }, { status: 500, code: "InternalError" });
  const cloud = openRegion({ region: "eu-central-1" });
  assert.deepEqual(await cloud.list("one"), []);
});

test("an answer that does not come is an error after the limit", async () => {
  silent = true;
  await assert.rejects(start({ answerLimit: 100 }), { code: "cloud-silent" });
});

test("a cloud that cannot be reached is an error", async () => {
  const { AWS_ENDPOINT_URL } = process.env;
  process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
  await assert.rejects(start(), (error) => {
    assert.ok(error instanceof LabwrightError);
    assert.equal(error.code, "cloud-silent");
    assert.match(error.output ?? "", /ECONNREFUSED/);
    assert.match(error.remedy, /AWS_ENDPOINT_URL/);
    return true;
  });
  process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
});

test("without credentials the cloud is not asked, and what to give is said", async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  await assert.rejects(start(), (error) => {
    assert.ok(error instanceof LabwrightError);
    assert.equal(error.code, "cloud-token-missing");
    assert.match(error.remedy, /AWS_PROFILE, or AWS_ACCESS_KEY_ID/);
    return true;
  });
  assert.deepEqual(calls, []);
  giveCredentials();
});

test("what the plugin says in words is the same typed error", () => {
  const reported = (said: string) =>
    cloudError(dialect, { ...failureIn(dialect, said), doing: "x", said }).code;
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
  assert.equal(failureIn(dialect, "error: program failed"), undefined);
});
