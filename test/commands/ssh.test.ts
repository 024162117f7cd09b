import assert from "node:assert/strict";
import { test } from "node:test";
import { dockerLab } from "../support/docker-lab.ts";

const lab = dockerLab();
const theirs = { name: "cp", id: "00112233aabbccdd", owner: "bob@desk:/lab" };

const absent = (name: string) =>
  `error: the lab test has no running machine "${name}"\nwhat to do: Name one of its machines: cp. If it is missing, run \`labwright up\`.\n`;

test("ssh to a machine that is not there, or not the lab's: exit 1, with the machines that there are", async () => {
  lab.has();
  for (const [args, name] of [
    [["ssh"], "cp"],
    [["ssh", "nope", "--", "true"], "nope"],
  ] as const) {
    const { code, output, changes } = await lab.run(args);
    assert.deepEqual([code, output, changes, lab.written()], [1, absent(name), [], []]);
  }
});

test("ssh to a machine that is stopped, or whose key is lost: exit 1, with the command that helps", async () => {
  lab.has(theirs);
  await lab.run(["adopt", "--yes"]);
  const { code, output } = await lab.run(["ssh", "cp"]);
  assert.equal(code, 1, output);
  assert.match(output, /^error: cp cannot be logged in to: the lab's key is not in /);
  assert.match(output, /Run `labwright up`, which gives machines the logins that they lack\.\n$/);
  lab.has({ ...theirs, state: "exited" });
  assert.equal((await lab.run(["ssh", "cp"])).output, absent("cp"));
});
