import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Host } from "../../../src/hosts/types.ts";
import { addContext, contextOf, fromAdminConf } from "../../../src/kubeconfig/context.ts";
import { apiPlace, fixedPlaceWords, proxyPort } from "../../../src/kubernetes/api-place.ts";
import { labFolder } from "../../../src/paths.ts";
import { testCases } from "../../support/step-cases.ts";
import { applyContextOf, checkContextOf, said, stepOf } from "../../support/steps.ts";
import { cases } from "./user-kubeconfig.cases.ts";

testCases(import.meta.filename, cases);

const admin = `apiVersion: v1
kind: Config
clusters: [{ name: kubernetes, cluster: { server: "https://10.89.0.10:6443", certificate-authority-data: Y2E= } }]
users: [{ name: admin, user: { client-certificate-data: Y2VydA==, client-key-data: a2V5 } }]
contexts: [{ name: admin@kubernetes, context: { cluster: kubernetes, user: admin } }]
current-context: admin@kubernetes
`;
const hidden = checkContextOf("localhost");
const direct: typeof hidden = {
  ...hidden,
  reach: (machine, port) => `${hidden.addresses.get(machine)}:${port}`,
};
const proxyUrl = `socks5://127.0.0.1:${proxyPort("basics")}`;
const contextFor = (context: typeof hidden) =>
  addContext("", fromAdminConf(admin, "basics", apiPlace(context)));

test("user-kubeconfig: a control plane that is reached over SSH only is asked through the lab's proxy", async () => {
  assert.deepEqual(apiPlace(hidden), { server: "https://10.89.0.10:6443", proxyUrl });
  assert.match(contextFor(hidden), new RegExp(`proxy-url: ${proxyUrl}`));
  assert.equal(contextOf(contextFor(hidden), "basics")?.proxyUrl, proxyUrl);
  const { check } = await stepOf("user-kubeconfig");
  assert.deepEqual(check({ admin: said(admin), mine: said(contextFor(hidden)) }, hidden), []);
});

test("user-kubeconfig: a context that goes another way than is open now is named with both", async () => {
  const { check } = await stepOf("user-kubeconfig");
  const [difference = ""] = check({ admin: said(admin), mine: said(contextFor(hidden)) }, direct);
  assert.match(
    difference,
    /asks https:\/\/10\.89\.0\.10:6443 through socks5:.*, not https:\/\/10\.89\.0\.10:6443$/,
  );
});

test("user-kubeconfig: an address that moves is asked if machines are reached at their own addresses", () => {
  const moving = (context: typeof hidden): typeof hidden => ({
    ...context,
    lab: {
      ...context.lab,
      playbooks: ["cluster"],
      cluster: { ...context.lab.cluster, controlPlaneEndpoint: "auto" },
    },
  });
  assert.deepEqual(apiPlace(moving(direct)), { server: "https://10.89.0.9:6443" });
  assert.equal(fixedPlaceWords(moving(direct)), undefined);
  assert.deepEqual(apiPlace(moving(hidden)), { server: "https://10.89.0.9:6443", proxyUrl });
  assert.equal(fixedPlaceWords(moving(hidden)), undefined);
  const published = moving({ ...hidden, reach: () => "127.0.0.1:32768" });
  assert.deepEqual(apiPlace(published), { server: "https://127.0.0.1:32768" });
  assert.equal(
    fixedPlaceWords(published),
    "this computer does not reach machines at their own addresses: kubectl here asks cp (127.0.0.1:32768), not 10.89.0.9, which moves",
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

test("user-kubeconfig: apply adds the lab's context beside the others, and undo takes it away", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "lwtest-kubeconfig-"));
  const before = { KUBECONFIG: process.env.KUBECONFIG, XDG_DATA_HOME: process.env.XDG_DATA_HOME };
  t.after(async () => {
    Object.assign(process.env, before);
    await rm(folder, { recursive: true });
  });
  const file = join(folder, "config");
  process.env.KUBECONFIG = file;
  process.env.XDG_DATA_HOME = folder;
  const theirs = "apiVersion: v1\nkind: Config\n# mine\nclusters: []\ncontexts: []\nusers: []\n";
  await writeFile(file, theirs);
  const step = await stepOf("user-kubeconfig");
  const context = { ...applyContextOf("cp"), ...direct };
  await step.apply?.({} as Host, context, { admin: said(admin), mine: said(theirs) });
  const now = await readFile(file, "utf8");
  assert.match(now, /# mine/);
  const backup = join(labFolder("basics"), "kubeconfig.before");
  assert.equal(await readFile(backup, "utf8"), theirs);
  assert.deepEqual(step.check({ admin: said(admin), mine: said(now) }, direct), []);
  await step.undo?.({} as Host, context);
  const left = await readFile(file, "utf8");
  assert.match(left, /# mine/);
  assert.equal(contextOf(left, "basics"), undefined);
  await assert.rejects(stat(backup), { code: "ENOENT" }, "it holds keys, and is needed no more");
});
