import assert from "node:assert/strict";
import { test } from "node:test";
import { addContext, contextOf, fromAdminConf } from "../../../src/kubeconfig/context.ts";
import { apiPlace, proxyPort } from "../../../src/kubernetes/api-place.ts";
import { bound, said, sceneOn } from "../scene.ts";

const admin = `apiVersion: v1
kind: Config
clusters: [{ name: kubernetes, cluster: { server: "https://10.89.0.10:6443", certificate-authority-data: Y2E= } }]
users: [{ name: admin, user: { client-certificate-data: Y2VydA==, client-key-data: a2V5 } }]
contexts: [{ name: admin@kubernetes, context: { cluster: kubernetes, user: admin } }]
current-context: admin@kubernetes
`;
const direct = sceneOn("here");
const hidden = { ...direct, reach: () => undefined };
const proxyUrl = `socks5://127.0.0.1:${proxyPort("basics")}`;
const contextFor = (scene: typeof hidden) => addContext("", fromAdminConf(admin, "basics", apiPlace(scene)));

test("user-kubeconfig: a control plane that is reached over SSH only is asked through the lab's proxy", async () => {
  assert.deepEqual(apiPlace(hidden), { server: "https://10.89.0.10:6443", proxyUrl });
  assert.match(contextFor(hidden), new RegExp(`proxy-url: ${proxyUrl}`));
  assert.equal(contextOf(contextFor(hidden), "basics")?.proxyUrl, proxyUrl);
  const { check } = await bound("user-kubeconfig");
  assert.deepEqual(check({ admin: said(admin), mine: said(contextFor(hidden)) }, hidden), []);
});

test("user-kubeconfig: a context that goes another way than is open now is named with both", async () => {
  const { check } = await bound("user-kubeconfig");
  const [difference = ""] = check({ admin: said(admin), mine: said(contextFor(hidden)) }, direct);
  assert.match(
    difference,
    /asks https:\/\/10\.89\.0\.10:6443 through socks5:.*, not https:\/\/10\.89\.0\.10:6443$/,
  );
});

test("a lab's proxy is always at the same port, below those of outgoing connections", () => {
  const ports = ["basics", "a", "b", "ci-17"].map(proxyPort);
  assert.deepEqual(ports, ["basics", "a", "b", "ci-17"].map(proxyPort));
  assert.ok(
    ports.every((port) => port >= 20_000 && port < 30_000),
    ports.join(),
  );
});
