import assert from "node:assert/strict";
import { test } from "node:test";
import { haproxyConfig } from "../../src/linux/haproxy.ts";

const text = haproxyConfig([
  {
    name: "api-server",
    port: 12_000,
    kind: "api-server",
    servers: [{ name: "cp", address: "10.89.0.10", port: 6443 }],
  },
  { name: "ssh.cp", port: 12_001, kind: "ssh", servers: [] },
]);

test("each service listens at its port and leads to its servers", () => {
  assert.match(
    text,
    /^listen api-server\n {2}bind :12000\n[\s\S]*\n {2}server cp 10\.89\.0\.10:6443\nlisten ssh\.cp\n {2}bind :12001\n/m,
  );
  assert.ok(text.endsWith("  timeout server 24h\n"));
});

test("HAProxy has no port or socket for its administration", () => {
  assert.doesNotMatch(text, /stats|socket|prometheus|lua|http-request/);
});
