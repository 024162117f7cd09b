import assert from "node:assert/strict";
import { test } from "node:test";
import type { Machine } from "../../src/lab/types.ts";
import { leastInContainer } from "../../src/providers/capacity.ts";
import type { Provider } from "../../src/providers/types.ts";
import { assertFits, shortages } from "../../src/session/fits.ts";
import { lab as base } from "../support/steps.ts";

const machine = (name: string, role: string, size: Partial<Machine> = {}): Machine => ({
  ...{ name, role, user: "root", sudo: "none" },
  ...size,
});
const machines = [
  machine("cp", "control-plane"),
  machine("w1", "worker"),
  machine("w2", "worker", { memory: 4096 }),
];
const capacity = { place: "this computer", cpus: 4, memory: 8192, least: leastInContainer };
const said = (...args: Parameters<typeof shortages>) =>
  shortages(...args).map(({ message, remedy }) => `${message} => ${remedy}`);

test("a lab that fits is not refused, with exactly as much memory as it needs", () => {
  assert.deepEqual(said({ machines }, capacity, []), []);
  assert.deepEqual(said({ machines }, { ...capacity, memory: 1024 + 512 + 4096 }, []), []);
});

test("too little memory is refused with figures, and with the largest lab that fits", () => {
  assert.deepEqual(said({ machines }, { ...capacity, memory: 1024 + 512 + 4095 }, []), [
    "they need 5.5 GiB of memory (cp 1Gi, w1 512Mi and w2 4Gi), and 5.5 GiB are available on this computer => The largest lab that fits has cp and w1: remove machines or give them less memory in the lab file, or free some memory.",
  ]);
  assert.match(
    said({ machines }, { ...capacity, memory: 1023 }, []).join(),
    /The largest lab that fits has w1: /,
  );
  assert.match(said({ machines }, { ...capacity, memory: 100 }, []).join(), /None of them would fit: /);
});

test("a running machine has its memory already, and an existing one its disk", () => {
  const small = { ...capacity, memory: 600, disk: { folder: "/data", free: 1500 } };
  const found = [
    { name: "cp", running: true },
    { name: "w2", running: true },
  ];
  assert.deepEqual(said({ machines }, small, found), []);
  const stopped = [{ name: "cp", running: false }, ...found.slice(1)];
  assert.deepEqual(said({ machines }, small, stopped).length, 1, "a stopped machine needs its memory again");
  assert.match(
    said({ machines }, { ...small, memory: 8192 }, []).join(),
    /they need 3\.0 GiB of disk .* 1\.5 GiB are free in \/data => The largest lab that fits has cp: /,
  );
});

test("processors are shared, so only a machine with more than there are is refused, also an existing one", () => {
  const wide = ["a", "b"].map((name) => machine(name, "app-server", { cpus: 4 }));
  assert.deepEqual(said({ machines: wide }, capacity, []), []);
  assert.deepEqual(said({ machines: wide }, { ...capacity, cpus: 2 }, [{ name: "a", running: true }]), [
    "a has cpus: 4 and b has cpus: 4, and this computer has 2 => Write at most cpus: 2.",
  ]);
});

test("a machine whose size cannot be changed stops the command, unless it is created again", async () => {
  const misfit = { message: "w1 has cpus: 1, not 2", remedy: "Create it again." };
  const found = [{ name: "w1", running: true, misfit }] as never;
  await assert.rejects(assertFits(base, {} as Provider, found), {
    code: "size-fixed",
    message: misfit.message,
  });
  await assertFits(base, {} as Provider, found, ["w1"]);
});

test("a provider whose computer is unknown is not compared", async () => {
  await assertFits(base, {} as Provider, []);
  await assertFits(base, { capacity: async () => undefined } as Provider, []);
  const tiny = { capacity: async () => ({ ...capacity, memory: 1 }) } as Provider;
  await assert.rejects(assertFits(base, tiny, []), { code: "lab-too-large" });
});
