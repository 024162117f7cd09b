import assert from "node:assert/strict";
import { test } from "node:test";
import { filtered, fullMounts } from "../../../src/providers/ssh/preflight.ts";
import { checkContextOf } from "../../support/steps.ts";

test("ports that a firewall drops are named in their order, in whatever order the knocks end", () => {
  const hosts = checkContextOf("cp").lab.machines.map((machine) => ({
    machine,
    seen: { address: `10.0.0.${machine.name.length}`, networks: [], mounts: [] } as never,
  }));
  const messages = [
    "cp 10250 does not answer\ncp 6443 does not answer",
    "cp 6443 does not answer\ncp 10250 does not answer",
  ].map((answer) => filtered(hosts, new Map([["w1", answer]]), { ports: [] }).map(({ message }) => message));
  const wanted =
    "a firewall blocks the other nodes from reaching cp: TCP 6443 does not answer (tried from w1), TCP 10250 does not answer (tried from w1)";
  assert.deepEqual(messages, [[wanted], [wanted]]);
});

test("a mount is refused only if the lab's own runtime moves it aside", () => {
  const { lab, machine } = checkContextOf("cp");
  const mounts = ["/var/lib/containerd", "/var/lib/crio", "/var/lib/etcd"].map((path) => ({
    path,
    holds: "data",
  }));
  const host = { machine, seen: { address: "10.0.0.2", networks: [], mounts } as never };
  const refused = (runtime: "containerd" | "cri-o"): string[] =>
    fullMounts(host, { cluster: { ...lab.cluster, runtime } }).map(
      ({ message }) => message.split(" ")[1] ?? "",
    );
  assert.deepEqual(refused("containerd"), ["/var/lib/containerd", "/var/lib/etcd"]);
  assert.deepEqual(refused("cri-o"), ["/var/lib/crio", "/var/lib/etcd"]);
});

test("the remedy names the ports of the lab's pod network", () => {
  const [cp] = checkContextOf("cp").lab.machines;
  assert.ok(cp);
  const host = { machine: cp, seen: { address: "10.0.0.2", networks: [], mounts: [] } as never };
  const answers = new Map([["cp", "cp 6443 does not answer"]]);
  const [refusal] = filtered([host], answers, { ports: ["UDP 8472"] });
  assert.match(refusal?.remedy ?? "", /in at TCP 6443, TCP 10250, UDP 8472 and TCP 30000-32767;/);
});
