import assert from "node:assert/strict";
import { test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { type Command, sh } from "../../src/hosts/sh.ts";
import type { Host, RemoteFile } from "../../src/hosts/types.ts";
import { type ProxySettings, proxiesIn } from "../../src/http/proxies.ts";
import { buildArguments, exportProxies, proxiesOf, proxyVariables } from "../../src/linux/proxies.ts";
import { checkContextOf, lab, said, stepOf } from "../support/steps.ts";

const context = (proxies?: ProxySettings) => ({
  ...checkContextOf("cp"),
  lab: { ...lab, ...(proxies && { proxies }) },
});
const settings = (environment: Record<string, string>) => proxiesIn(environment, () => "") ?? { no: [] };
const password = settings({ HTTPS_PROXY: 'http://me:hu%73"h@proxy.corp:3128', NO_PROXY: "mirror.corp" });

/** Runs what a step does on a machine, and answers the files that are there then. */
async function applied(proxies: ProxySettings): Promise<{ files: RemoteFile[]; commands: string }> {
  const files: RemoteFile[] = [];
  const commands: string[] = [];
  const host = {
    run: async (command: Command) => {
      commands.push(command.shown);
      return said("");
    },
    write: async (file: RemoteFile) => {
      files.push(file);
    },
  } as unknown as Host;
  await proxiesOf("containerd", context(proxies)).apply(host, "runtime-proxies");
  return { files, commands: commands.join("\n") };
}

test("proxies: pods, services, machines and the cluster's names are reached without one", () => {
  const variables = new Map(proxyVariables(context(password)));
  const without = variables.get("NO_PROXY")?.split(",") ?? [];
  for (const one of ["mirror.corp", "10.244.0.0/16", "10.96.0.0/12", "cp", "w1", "10.89.0.10", "10.89.0.11"])
    assert.ok(without.includes(one), one);
  for (const one of ["localhost", "127.0.0.1", ".svc", ".cluster.local"])
    assert.ok(without.includes(one), one);
  assert.deepEqual(proxyVariables(context()), []);
});

test("proxies: containerd's are in a file that root alone reads, quoted as systemd wants it", async () => {
  const { files } = await applied(password);
  const [file] = files;
  assert.equal(files.length, 1);
  assert.equal(file?.path, "/etc/systemd/system/containerd.service.d/labwright-proxy.conf");
  assert.equal(file.mode, 0o600);
  assert.match(String(file.content), /^Environment="HTTPS_PROXY=http:\/\/me:hu%%73%%22h@proxy\.corp:3128"$/m);
});

test("proxies: what is on the machine is compared by mode and hash, and never shown", async () => {
  const { files } = await applied(password);
  const [file] = files;
  const { stdout } = await localHost().run(
    sh`printf '600 %s\n' ${file?.path ?? ""}; printf %s ${String(file?.content)} | sha256sum`,
  );
  const compared = proxiesOf("containerd", context(password));
  assert.deepEqual(compared.differences(said(stdout)), []);
  const wrong = ["containerd has proxies or certificates that differ from this computer's"];
  assert.deepEqual(compared.differences(said(stdout.replace("600", "644"))), wrong);
  assert.deepEqual(compared.differences(said("")), wrong);
  assert.deepEqual(proxiesOf("containerd", context()).differences(said(stdout)), wrong);
  assert.deepEqual(proxiesOf("containerd", context()).differences(said("")), []);
});

test("proxies: where there are none any more, the files go", async () => {
  const { files, commands } = await applied({ no: [] });
  assert.deepEqual(files, []);
  assert.match(commands, /rm -f .*labwright-proxy\.conf/);
});

test("proxies: certificates reach containerd in a folder of ours, beside the system's own", async () => {
  const { files } = await applied({ no: [], certificates: "PEM\n" });
  const [dropIn, authorities] = files;
  assert.match(String(dropIn?.content), /"SSL_CERT_DIR=\/etc\/ssl\/certs:\/etc\/labwright\/certificates"/);
  assert.deepEqual(authorities, {
    path: "/etc/labwright/certificates/containerd.pem",
    content: "PEM\n",
    mode: 0o644,
  });
});

test("proxies: commands get them by their environment, and are shown without them", async () => {
  const exported = exportProxies(context(password));
  const { stdout } = await localHost().run(sh`${exported}
    printf '%s\n' "$https_proxy" "$HTTPS_PROXY"`);
  assert.equal(stdout, `${"http://me:hu%73%22h@proxy.corp:3128\n".repeat(2)}`);
  assert.ok(!exported.shown.includes("me:hu"));
  assert.doesNotMatch(buildArguments(context(password)).reveal(), /corp/);
  assert.match(buildArguments(context(password)).reveal(), /--build-arg HTTPS_PROXY --build-arg https_proxy/);
});

test("proxies are a separate resource: the runtime of a node image needs no change because of them", async () => {
  const runtime = (await stepOf("container-runtime")).probe(checkContextOf("cp"));
  assert.ok(!("proxies" in runtime));
  const step = await stepOf("runtime-proxies");
  assert.deepEqual(step.check({ files: said("") }, checkContextOf("cp")), []);
  const behind = {
    ...checkContextOf("cp"),
    lab: { ...checkContextOf("cp").lab, proxies: { no: [], certificates: "PEM" } },
  };
  assert.deepEqual(step.check({ files: said("") }, behind), [
    "containerd has proxies or certificates that differ from this computer's",
  ]);
});
