import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { ProxyUrl } from "../../src/http/proxies.ts";
import { proxiesOf, proxySentence, recordProxies } from "../../src/session/proxies.ts";

const data = mkdtempSync(join(tmpdir(), "lwtest-proxies-"));
after(() => rmSync(data, { recursive: true, force: true }));

beforeEach(() => {
  process.env.XDG_DATA_HOME = data;
  for (const name of Object.keys(process.env))
    if (/proxy$|^NODE_EXTRA_CA_CERTS$/i.test(name)) delete process.env[name];
});

const proxies = { https: new ProxyUrl("http://me:hush@10.0.0.1:3128"), no: ["a.corp"] };
const file = join(data, "labwright/labs/lab/proxies.json");

test("proxies: a shell without the variables means what the last up used, one with them what they say", async () => {
  await recordProxies({ name: "lab", proxies });
  const kept = await proxiesOf("lab");
  assert.equal(kept.https?.reveal(), "http://me:hush@10.0.0.1:3128");
  assert.deepEqual(kept.no, ["a.corp"]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  process.env.HTTPS_PROXY = "http://other:1";
  assert.equal((await proxiesOf("lab")).https?.shown, "other:1");
  process.env.HTTPS_PROXY = "";
  assert.deepEqual(await proxiesOf("lab"), { no: [] });
});

test("proxies: without any, nothing is kept, and a file that is broken counts as none", async () => {
  await recordProxies({ name: "lab", proxies });
  await recordProxies({ name: "lab", proxies: { no: ["a.corp"] } });
  assert.throws(() => statSync(file));
  writeFileSync(file, "{ broken");
  assert.deepEqual(await proxiesOf("lab"), { no: [] });
});

test("proxies: one sentence tells who uses them", () => {
  assert.equal(proxySentence({ provider: "docker" }), undefined);
  assert.match(
    proxySentence({ provider: "docker", proxies }) ?? "",
    /^the proxy 10\.0\.0\.1:3128 is used, here and on/,
  );
  assert.match(proxySentence({ provider: "pulumi", proxies }) ?? "", /machines in a cloud get none/);
  const loopback = { https: new ProxyUrl("http://localhost:3128"), no: [] };
  assert.match(proxySentence({ provider: "docker", proxies: loopback }) ?? "", /loopback address/);
});
