import assert from "node:assert/strict";
import { test } from "node:test";
import { leftRehearsal, rehearsalName } from "../../src/class/rehearsal.ts";

test("each rehearsal has another name, which is a part of host names", () => {
  const names = Array.from({ length: 20 }, () =>
    rehearsalName({ name: "autumn", students: ["alice"] }, { students: [] }),
  );
  for (const name of names) assert.match(name, /^rehearsal-[0-9a-f]{4}$/);
  assert.ok(new Set(names).size > 10);
});

test("no student has the name, neither in the class file nor with a lab from before", () => {
  const all = Array.from(
    { length: 0x10000 },
    (_, number) => `rehearsal-${number.toString(16).padStart(4, "0")}`,
  );
  const free = all.filter((name) => !name.endsWith("7"));
  for (let turn = 0; turn < 20; turn++) {
    assert.match(
      rehearsalName({ name: "a", students: free.slice(0, 30_000) }, { students: free.slice(30_000) }),
      /7$/,
    );
  }
});

test("a class whose name leaves no room is refused with the length that does", () => {
  assert.throws(() => rehearsalName({ name: "a".repeat(26), students: [] }, { students: [] }), {
    code: "class-name-long",
    remedy: "Give the class a name of at most 25 characters.",
    exit: 2,
  });
  assert.ok(rehearsalName({ name: "a".repeat(25), students: [] }, { students: [] }));
});

test("a lab that the class has made since for a student of that name is not a rehearsal's", () => {
  const rehearsal = { student: "rehearsal-0001", provider: "docker" };
  assert.deepEqual(leftRehearsal({ students: ["alice"], rehearsal }), rehearsal);
  assert.equal(leftRehearsal({ students: ["rehearsal-0001"], rehearsal }), undefined);
  assert.equal(leftRehearsal({ students: [] }), undefined);
});
