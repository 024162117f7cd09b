import assert from "node:assert/strict";
import { test } from "node:test";
import { entranceText, machinesText } from "../../../src/commands/status/text.ts";

test("each component has one line with its health and its version, and each machine that was asked has one", () => {
  assert.equal(
    machinesText([
      {
        ...{ name: "cp", role: "control-plane", state: "running", address: "10.0.0.2" },
        components: { kubelet: "ok", cni: "does not answer" },
        versions: { kubelet: "1.36.2", containerd: "2.1.4" },
        certificates: {
          ...{ first: "2999-01-01T00:00:00.000Z", days: 900 },
          all: [{ name: "kubelet", ends: "2999-01-01T00:00:00.000Z", renewal: "certs renew", days: 900 }],
        },
      },
      {
        ...{ name: "jump", role: "jump-host", state: "running", address: "10.0.0.4" },
        components: { ssh: "ok" },
        versions: {},
      },
      { ...{ name: "w1", role: "worker", state: "missing" }, components: {}, versions: {} },
    ]),
    `cp  control-plane  running  10.0.0.2
    kubelet                  ok  1.36.2
    cni                      does not answer
    containerd               2.1.4
    certificates             end in 900 days
jump  jump-host  running  10.0.0.4
    ssh                      ok
w1  worker  missing
`,
  );
});

test("certificates that have ended have a line with their date and the remedy", () => {
  const ends = "2020-01-01T00:00:00.000Z";
  const all = [{ name: "apiserver", ends, renewal: "certs renew", days: -9 } as const];
  const cp = { name: "cp", role: "control-plane", state: "running", components: {}, versions: {} } as const;
  assert.match(
    machinesText([{ ...cp, certificates: { first: ends, days: -9, all } }]),
    /certificates {13}apiserver ended \d+ days ago, on 2020-01-01 {2}\(renew: labwright certs renew\)\n/,
  );
});

test("the entrance has a line for each of its ports", () => {
  const ports = { "api-server": 12_000, "ssh.cp": 12_001 };
  assert.equal(
    entranceText({ state: "running", host: "127.0.0.1", ports }),
    "\nentrance  running  127.0.0.1\n    api-server               12000\n    ssh.cp                   12001\n",
  );
  const why = "is not in the lab file, and will be removed";
  assert.equal(entranceText({ state: "stopped", ports: {}, why }), `\nentrance  stopped  ${why}\n`);
});
