import assert from "node:assert/strict";
import { test } from "node:test";
import { filtered } from "../../../src/providers/ssh/preflight.ts";
import { checkContextOf } from "../../support/steps.ts";

test("ports that a firewall drops are named in their order, in whatever order the knocks end", () => {
  const hosts = checkContextOf("cp").lab.machines.map((machine) => ({
    machine,
    seen: { address: `10.0.0.${machine.name.length}`, networks: [], mounts: [] } as never,
  }));
  const messages = [
    "cp 10250 does not answer\ncp 6443 does not answer",
    "cp 6443 does not answer\ncp 10250 does not answer",
  ].map((answer) => filtered(hosts, new Map([["w1", answer]])).map(({ message }) => message));
  const wanted =
    "a firewall blocks the other nodes from reaching cp: TCP 6443 does not answer (tried from w1), TCP 10250 does not answer (tried from w1)";
  assert.deepEqual(messages, [[wanted], [wanted]]);
});
