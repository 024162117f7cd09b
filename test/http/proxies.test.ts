import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { proxiesIn, shownProxies } from "../../src/http/proxies.ts";
import { machineProxies } from "../../src/lab/proxies.ts";

const pem = "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n";
const reading = (file: string): string => {
  if (file === "/ca.pem") return `Company CA\n${pem}`;
  if (file === "/text") return "no certificate";
  throw new Error("ENOENT");
};
const read = (environment: Record<string, string>) => proxiesIn(environment, reading);

test("proxies: both cases, and one for all", () => {
  const settings = read({ HTTPS_PROXY: "http://proxy.corp:3128", no_proxy: "a.corp, 10.0.0.0/8" });
  assert.equal(settings?.https?.reveal(), "http://proxy.corp:3128");
  assert.equal(settings.http, undefined);
  assert.deepEqual(settings.no, ["a.corp", "10.0.0.0/8"]);
  const lower = read({ HTTPS_PROXY: "http://upper:1", https_proxy: "http://lower:1" });
  assert.equal(lower?.https?.shown, "lower:1");
  const all = read({ ALL_PROXY: "proxy.corp:3128" });
  assert.deepEqual([all?.http?.reveal(), all?.https?.reveal()], Array(2).fill("http://proxy.corp:3128"));
});

test("proxies: an environment without the variables says nothing, one with an empty one says that there is none", () => {
  assert.equal(read({ PATH: "/bin", SSL_CERT_FILE: "/ca.pem" }), undefined);
  assert.deepEqual(read({ HTTPS_PROXY: "" }), { no: [] });
});

test("proxies: a password is in no output", () => {
  const settings = read({ HTTPS_PROXY: "http://me:hush@proxy.corp:3128" });
  assert.ok(settings);
  const shown = [JSON.stringify(settings), inspect(settings, { depth: 9 }), `${settings.https}`];
  assert.ok(!shown.join().includes("hush"), shown.join());
  assert.equal(shownProxies(settings), "proxy.corp:3128");
  assert.throws(
    () => read({ HTTPS_PROXY: "http://me:hush@" }),
    (error: unknown) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /HTTPS_PROXY/);
      assert.ok(!inspect(error).includes("hush"));
      return true;
    },
  );
});

test("proxies: the company's certificates, and files that have none", () => {
  assert.equal(read({ NODE_EXTRA_CA_CERTS: "/ca.pem" })?.certificates, pem);
  assert.equal(read({ HTTPS_PROXY: "http://p:1", SSL_CERT_FILE: "/ca.pem" })?.certificates, pem);
  assert.throws(() => read({ NODE_EXTRA_CA_CERTS: "/text" }), { code: "certificates-unusable" });
  assert.throws(() => read({ NODE_EXTRA_CA_CERTS: "/none" }), { code: "certificates-unusable" });
});

test("proxies: machines get none that listens on this computer's loopback address, and none in a cloud", () => {
  for (const url of ["http://127.0.0.1:3128", "http://localhost:1", "http://[::1]:3128"]) {
    const proxies = read({ HTTPS_PROXY: url });
    assert.ok(proxies);
    assert.equal(machineProxies({ provider: "docker", proxies }).https, undefined, url);
  }
  const proxies = read({ HTTPS_PROXY: "http://10.1.2.3:3128" });
  assert.ok(proxies);
  assert.equal(machineProxies({ provider: "docker", proxies }).https?.shown, "10.1.2.3:3128");
  assert.equal(machineProxies({ provider: "pulumi", proxies }).https, undefined);
});
