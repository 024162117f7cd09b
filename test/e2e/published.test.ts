import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { get } from "node:https";
import { after, before, test } from "node:test";
import { readYaml } from "../../src/lab/yaml.ts";
import { succeeds, type TestLab, testLab } from "./support.ts";

/** What Docker Desktop and other engines in a virtual machine need: everything through ports of 127.0.0.1. */
const env = { LABWRIGHT_REACH: "published" };

let lab: TestLab;
before(async () => {
  lab = await testLab("published", "machines: [{ name: cp, role: control-plane }]\n");
});
after(async () => {
  await lab?.labwright(["down"], { env });
});

interface Kubeconfig {
  clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  users: { user: { "client-certificate-data": string; "client-key-data": string } }[];
}

test("where containers' addresses cannot be reached, SSH, the API server and nginx answer at published ports", async () => {
  const up = await lab.labwright(["up"], { env });
  succeeds(up);
  const url = /^ +nginx +(http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(up.output)?.[1];
  assert.match(await (await fetch(url ?? "")).text(), /Welcome to nginx!/);

  const text = await readFile(lab.kubeconfig, "utf8");
  const { clusters, users } = readYaml(text, lab.kubeconfig).value as Kubeconfig;
  const [{ cluster } = assert.fail(), { user } = assert.fail()] = [clusters[0], users[0]];
  assert.match(cluster.server, /^https:\/\/127\.0\.0\.1:/);
  const decoded = (data: string) => Buffer.from(data, "base64");
  const status = await new Promise((resolve, reject) =>
    get(
      `${cluster.server}/api/v1/nodes`,
      {
        ca: decoded(cluster["certificate-authority-data"]),
        cert: decoded(user["client-certificate-data"]),
        key: decoded(user["client-key-data"]),
      },
      (response) => resolve(response.statusCode),
    ).on("error", reject),
  );
  assert.equal(status, 200);
  const ssh = await lab.labwright(["ssh", "cp", "--", "hostname"], { env });
  assert.match(ssh.output, /^cp\r?\n$/);
  succeeds(await lab.labwright(["plan"], { env }));
});
