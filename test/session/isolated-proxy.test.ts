import assert from "node:assert/strict";
import { hostname, networkInterfaces } from "node:os";
import { test } from "node:test";
import { ProxyUrl } from "../../src/http/proxies.ts";
import { assertProxyElsewhere } from "../../src/session/proxies.ts";

const own = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

const labWith = (host: string, isolated: boolean) => ({
  ...{ provider: "docker" as const, proxies: { http: new ProxyUrl(`http://${host}:3128`), no: [] } },
  ...(isolated && { isolated: true as const }),
});

test("a proxy on this computer is refused for an isolated lab, by its address", {
  skip: own === undefined,
}, async () => {
  const refused = { code: "isolated-from-proxy", message: new RegExp(`^the proxy ${own}:3128 runs on this`) };
  await assert.rejects(assertProxyElsewhere(labWith(own ?? "", true)), refused);
  await assertProxyElsewhere(labWith(own ?? "", false));
});

test("a proxy elsewhere, or whose name nobody knows, is not refused", async () => {
  await assertProxyElsewhere(labWith("192.0.2.77", true));
  await assertProxyElsewhere(labWith(`no-such-name-of-${hostname()}.invalid`, true));
});
