import assert from "node:assert/strict";
import { test } from "node:test";
import { machinesText } from "../../../src/commands/status/text.ts";

test("each component has one line with its health and its version, and each machine that was asked has one", () => {
  assert.equal(
    machinesText([
      {
        ...{ name: "cp", role: "control-plane", state: "running", address: "10.0.0.2" },
        components: { kubelet: "ok", cni: "does not answer" },
        versions: { kubelet: "1.36.2", containerd: "2.1.4" },
        certificates: { first: "2027-01-01T00:00:00.000Z", days: 1 },
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
    certificates             end in 1 day  (renew them: kubeadm certs renew all)
jump  jump-host  running  10.0.0.4
    ssh                      ok
w1  worker  missing
`,
  );
});
