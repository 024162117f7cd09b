import assert from "node:assert/strict";
import { test } from "node:test";
import type { Machine } from "../../src/lab/types.ts";
import { markIn } from "../../src/providers/ssh/mark.ts";
import { isMine, refusals, sameHost } from "../../src/providers/ssh/refusal.ts";
import type { Survey } from "../../src/providers/ssh/survey.ts";

const id = "0123456789abcdef";
const machine: Machine = { name: "w1", role: "worker", user: "tony", sudo: "password", host: "192.0.2.10" };
const good: Survey = {
  root: true,
  mark: undefined,
  marked: false,
  address: "192.0.2.10",
  unsupported: undefined,
  systemd: true,
  size: { cpus: 2, memory: 1970, disk: 9800 },
  processor: "aarch64",
  networks: [],
  mounts: [],
  clusters: [],
  identity: "one",
};
const mark = { lab: "basics", id, owner: "steve@laptop", machine: "w1", since: "2026-01-01T00:00:00.000Z" };
const said = (seen: Partial<Survey>, one: Machine = machine): string =>
  refusals(one, { ...good, ...seen }, id)
    .map(({ message, remedy }) => `${message} => ${remedy}`)
    .join("\n");

test("a plain Debian host that nobody has taken is not refused", () => {
  assert.equal(said({}), "");
});

test("each reason for a refusal is told with a remedy", () => {
  assert.match(said({ root: false }), /w1: tony is not root => Let the user run sudo/);
  assert.match(
    said({ unsupported: "Alpine Linux v3.20" }),
    /w1 runs Alpine Linux v3.20 => .*Debian or Ubuntu/,
  );
  assert.match(said({ systemd: false }), /w1 does not run systemd/);
  assert.match(said({ processor: "riscv64" }), /w1 has a processor of the type "riscv64"/);
  assert.match(said({ address: "" }), /w1 reports no IPv4 address => .*address: /);
  assert.equal(said({ address: "" }, { ...machine, address: "10.0.0.1" }), "");
});

test("a host that is smaller than the lab file's size is refused, but for what its kernel keeps for itself", () => {
  const sized = (size: Partial<Machine>) => said({}, { ...machine, ...size });
  assert.equal(sized({ cpus: 2, memory: 2048, disk: 10 * 1024 }), "");
  assert.match(sized({ cpus: 4 }), /w1 has cpus: 2, and the lab file names 4 => Use a larger host/);
  assert.match(
    sized({ memory: 4096 }),
    /w1 has memory: 1970Mi, and the lab file names 4Gi => .*`memory: 1970Mi`/,
  );
  assert.match(sized({ disk: 20 * 1024 }), /w1 has disk: 9800Mi, and the lab file names 20Gi/);
});

test("another cluster is refused unless the lab file lets it be put aside", () => {
  assert.match(
    said({ clusters: ["k3s (/etc/rancher/k3s)"] }),
    /w1 already runs another cluster: k3s .* => .*takeOver: true/,
  );
  assert.equal(said({ clusters: ["k3s"] }, { ...machine, takeOver: true }), "");
  assert.equal(
    said({ clusters: ["a kubelet"], marked: true, mark }),
    "",
    "behind our own mark it is our own",
  );
  assert.equal(
    said({ clusters: ["k3s"], systemd: false, unsupported: "X" }, { ...machine, role: "jump-host" }),
    "",
  );
});

test("a host is the lab's only with the mark of this lab's id and machine", () => {
  assert.ok(isMine(machine, { ...good, mark, marked: true }, id));
  const moved = { ...good, mark: { ...mark, owner: "steve@other-name" }, marked: true };
  assert.ok(isMine(machine, moved, id), "a computer's name may change");
  const { id: _, ...old } = mark;
  for (const other of [{ ...mark, id: "fedcba9876543210" }, old, { ...mark, machine: "cp" }]) {
    const seen = { ...good, mark: other, marked: true };
    assert.ok(!isMine(machine, seen, id));
    assert.ok(!isMine(machine, seen, undefined));
    assert.match(said(seen), /w1 is taken by the lab .* => Run `labwright down` for that lab/);
  }
  assert.match(said({ marked: true }), /taken by an unknown lab/);
});

test("two names of one host are told", () => {
  assert.equal(
    sameHost(
      new Map([
        ["a", good],
        ["b", { ...good, identity: "two" }],
      ]),
    ).length,
    0,
  );
  assert.match(
    sameHost(
      new Map([
        ["a", good],
        ["b", good],
      ]),
    )
      .map(({ message }) => message)
      .join(),
    /b and a are the same/,
  );
});

test("half a mark is none", () => {
  assert.deepEqual(markIn(JSON.stringify(mark)), mark);
  for (const text of ["", "{", '{"lab":"x"}', "null"]) assert.equal(markIn(text), undefined);
});
