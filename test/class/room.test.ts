import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRoom, awakeAdvice, awakeAtOnce, needOf, roomFor, takenBetween } from "../../src/class/room.ts";
import type { Machine } from "../../src/lab/types.ts";

const machine = (name: string, more: Partial<Machine> = {}): Machine => ({
  ...{ name, role: "worker", user: "root", sudo: "none" },
  ...more,
});
const least = () => ({ memory: 512, disk: 1024 });
const computer = {
  ...{ place: "this computer", cpus: 4, memory: 8 * 1024, least },
  disk: { folder: "/data", free: 40 * 1024 },
};

test("a lab needs what its machines are given or need at least, or what the first one took", () => {
  const machines = [machine("cp", { memory: 2048 }), machine("w")];
  assert.deepEqual(needOf({ machines }, { least }, undefined), {
    ...{ memory: 2560, disk: 2048, networks: 1, measured: false },
  });
  assert.deepEqual(needOf({ machines }, { least }, { memory: 900, disk: 300 }), {
    ...{ memory: 2560, disk: 300, networks: 1, measured: true },
  });
  assert.deepEqual(needOf({ machines }, { least }, { memory: 3000, disk: 0 }), {
    ...{ memory: 3000, disk: 1, networks: 1, measured: true },
  });
});

test("as many labs fit as memory and disk allow, and some memory stays for the computer", () => {
  const need = { memory: 1024, disk: 4096, networks: 1, measured: true };
  assert.equal(roomFor(need, computer), 7);
  assert.equal(roomFor({ ...need, disk: 10 * 1024 }, computer), 4);
  assert.equal(roomFor({ ...need, memory: 9 * 1024 }, computer), 0);
});

test("a class that does not fit is refused with figures", () => {
  const need = { memory: 1024, disk: 4096, networks: 1, measured: true };
  assert.doesNotThrow(() => assertRoom("autumn", 7, need, computer));
  assert.throws(() => assertRoom("autumn", 8, need, computer), {
    code: "class-too-large",
    message:
      '8 more labs of the class "autumn" would need 8.0 GiB of memory and 32.0 GiB of disk (1.0 GiB and 4.0 GiB each, as the first one took); 8.0 GiB of memory are available on this computer, of which 0.5 GiB stay for it, and 40.0 GiB of disk are free in /data',
    remedy: /^7 labs would fit: name at most 7 students with `--student`/,
  });
  assert.throws(() => assertRoom("autumn", 1, { ...need, memory: 9000 }, computer), {
    remedy: /^Not one more fits/,
  });
});

test("inotify instances and networks limit the labs too, where they are known", () => {
  const need = { memory: 1024, disk: 1024, inotify: 30, networks: 2, measured: true };
  assert.equal(roomFor(need, { ...computer, inotify: 100, networks: 200 }), 3);
  assert.equal(roomFor(need, { ...computer, inotify: 1000, networks: 5 }), 2);
  assert.equal(roomFor({ ...need, inotify: 0 }, { ...computer, inotify: 0 }), 7);
  assert.throws(() => assertRoom("autumn", 4, need, { ...computer, inotify: 100, networks: 7 }), {
    message:
      /free in \/data; they would need 120 inotify instances \(30 each\), and 100 are left; they would need 8 networks, and 7 are left$/,
    remedy:
      /^Raise the limit of inotify instances: `sysctl -w fs\.inotify\.max_user_instances=2048`\. Remove labs .* 3 labs would fit/,
  });
});

test("one network that is left is one", () => {
  const need = { memory: 1024, disk: 1024, networks: 1, measured: true };
  const message = /would need 2 networks, and 1 is left$/;
  assert.throws(() => assertRoom("autumn", 2, need, { ...computer, networks: 1 }), { message });
});

test("a lab with spares has more networks", () => {
  assert.equal(needOf({ machines: [], spares: 2 }, { least }, undefined).networks, 3);
});

test("what the first lab took of the inotify instances is known if both are", () => {
  const after = { ...computer, inotify: 70 };
  assert.equal(takenBetween({ ...computer, inotify: 100 }, after).inotify, 30);
  assert.equal(takenBetween(computer, after).inotify, undefined);
  const measured = { memory: 1, inotify: 30 };
  assert.equal(needOf({ machines: [] }, { least }, measured).inotify, 30);
});

test("labs that run may keep three quarters of the processors busy, and more is told with what helps", () => {
  assert.equal(awakeAtOnce(0.2, 2), 7);
  assert.equal(awakeAtOnce(0, 2), 150);
  assert.equal(awakeAtOnce(3, 2), 1);
  assert.equal(awakeAdvice(7, { busy: 0.2 }, 2), undefined);
  assert.equal(awakeAdvice(70, {}, 2), undefined);
  assert.match(
    awakeAdvice(8, { busy: 0.2 }, 2) ?? "",
    /^8 labs run, and each keeps 0\.20 of 2 processors busy .*: about 7 can run side by side\. `labwright class up --paused`/,
  );
});
