import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { LabwrightError } from "../../../src/errors.ts";
import { HetznerApi } from "../../../src/providers/pulumi/hetzner/api.ts";
import { noComputers } from "../../cloud/computers.ts";
import type { Fault } from "../../cloud/faults.ts";
import { type CloudService, startCloud } from "../../cloud/service.ts";

let service: CloudService;
before(async () => {
  service = await startCloud(noComputers());
});
after(() => service.close());
afterEach(() => {
  service.faults.length = 0;
  service.calls.length = 0;
});

const api = (options: { limit?: number; answerLimit?: number; token?: string } = {}) =>
  new HetznerApi({ token: service.token, endpoint: service.endpoint, limit: 1000, ...options });

const make = { doing: "make the key", method: "POST", body: { name: "one", public_key: "x" } } as const;
const servers = { method: "GET", path: /^\/servers/ };
const keys = { method: "POST", path: /^\/ssh_keys/ };

/** The typed error for each of the cloud's own; every one has a remedy. */
const refusals: [string, Fault, string][] = [
  ["a token of no use", { ...keys, status: 401, code: "unauthorized" }, "cloud-token-refused"],
  ["a token that may only read", { ...keys, status: 403, code: "token_readonly" }, "cloud-forbidden"],
  ["a quota", { ...keys, status: 403, code: "resource_limit_exceeded" }, "cloud-quota"],
  ["a resource that is not there", { ...keys, status: 404, code: "not_found" }, "cloud-not-found"],
  ["a name that is taken", { ...keys, status: 409, code: "uniqueness_error" }, "name-taken"],
  ["a resource that is busy", { ...keys, status: 409, code: "conflict" }, "cloud-busy"],
  ["a type that is sold out", { ...keys, status: 412, code: "resource_unavailable" }, "cloud-sold-out"],
  ["another way to say sold out", { ...keys, status: 422, code: "placement_error" }, "cloud-sold-out"],
  ["a wrong value", { ...keys, status: 422, code: "invalid_input" }, "cloud-refused"],
  ["its own fault", { ...keys, status: 500, code: "server_error" }, "cloud-broken"],
  ["an answer that is not its own", { ...keys, status: 502 }, "cloud-broken"],
];

for (const [what, fault, code] of refusals)
  test(`${what} is ${code}, is not tried twice, and has a remedy`, async () => {
    service.faults.push({ message: "no", ...fault });
    await assert.rejects(api().ask("/ssh_keys", make), (error) => {
      assert.ok(error instanceof LabwrightError);
      assert.equal(error.code, code);
      assert.match(error.message, /^cannot make the key: the cloud /);
      assert.ok(error.remedy.length > 20);
      return true;
    });
    assert.equal(service.calls.length, 1);
  });

test("a wrong token is told by the service itself", async () => {
  await assert.rejects(api({ token: "another" }).ask("/servers", { doing: "look" }), {
    code: "cloud-token-refused",
  });
});

test("429 is tried again after the time that the cloud asks for, also where something is made", async () => {
  service.faults.push({
    ...keys,
    status: 429,
    code: "rate_limit_exceeded",
    headers: { "retry-after": "1" },
    times: 1,
  });
  const started = Date.now();
  await api({ limit: 5000 }).ask("/ssh_keys", make);
  assert.ok(Date.now() - started >= 1000);
  assert.equal(service.calls.length, 2);
});

test("429 without an end is an error when the time is up", async () => {
  service.faults.push({
    ...servers,
    status: 429,
    code: "rate_limit_exceeded",
    headers: { "retry-after": "30" },
  });
  await assert.rejects(api().ask("/servers", { doing: "look" }), { code: "cloud-rate-limit" });
  assert.equal(service.calls.length, 1);
});

test("a fault that passes is not noticed where something is only read", async () => {
  service.faults.push({ ...servers, status: 503, times: 1 });
  assert.deepEqual(await api({ limit: 5000 }).all("servers", {}, "look"), []);
  assert.equal(service.calls.length, 2);
});

test("an answer that does not come is an error after the limit, and nothing is made twice", async () => {
  service.faults.push({ ...keys, delay: 400 });
  await assert.rejects(api({ answerLimit: 100 }).ask("/ssh_keys", { ...make, body: { name: "late" } }), {
    code: "cloud-silent",
  });
  assert.equal(service.calls.length, 1);
});

test("a cloud that cannot be reached is an error after the limit", async () => {
  const nowhere = new HetznerApi({ token: "x", endpoint: "http://127.0.0.1:10009/v1", limit: 700 });
  await assert.rejects(nowhere.ask("/servers", { doing: "look" }), (error) => {
    assert.ok(error instanceof LabwrightError);
    assert.equal(error.code, "cloud-silent");
    assert.match(error.output ?? "", /ECONNREFUSED/);
    return true;
  });
});
