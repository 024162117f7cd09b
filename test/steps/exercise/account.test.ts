import assert from "node:assert/strict";
import { test } from "node:test";
import { nothing, said, sceneOf, stepOf } from "../../support/steps.ts";

const scene = sceneOf("cp");
const params = { name: "thor", shell: "/bin/bash", groups: ["developers", "docker"] };
const entry = (shell: string) => said(`thor:x:1000:1000::/home/thor:${shell}\n`);

test("account: one that is not there is named once", async () => {
  const step = await stepOf("account", params);
  assert.deepEqual(step.check({ entry: nothing, groups: nothing }, scene), ["cp has no account thor"]);
});

test("account: right with its shell and groups, whatever else it is in", async () => {
  const step = await stepOf("account", params);
  const groups = said("thor docker video developers\n");
  assert.deepEqual(step.check({ entry: entry("/bin/bash"), groups }, scene), []);
  const any = await stepOf("account", { name: "thor" });
  assert.deepEqual(any.check({ entry: entry("/bin/false"), groups: said("thor\n") }, scene), []);
});

test("account: another shell and missing groups are named", async () => {
  const step = await stepOf("account", params);
  assert.deepEqual(
    step.check({ entry: entry("/bin/sh"), groups: said("thor docker-users docker\n") }, scene),
    ["the shell of thor is /bin/sh, /bin/bash expected", "thor is not in the group developers"],
  );
  assert.deepEqual(step.check({ entry: entry(""), groups: said("thor developers docker\n") }, scene), [
    "the shell of thor is not set, /bin/bash expected",
  ]);
});

test("account: has the account, its home and its groups for itself", async () => {
  const step = await stepOf("account", { name: "thor", groups: ["developers"] });
  assert.deepEqual(step.places?.(scene), [
    { kind: "account", name: "thor" },
    { kind: "file", name: "/home/thor" },
    { kind: "account", name: "developers" },
  ]);
});

test("account: takes only names that useradd takes", async () => {
  for (const name of ["Thor", "a b", "$(id)", "-r", "a.b", ""])
    await assert.rejects(stepOf("account", { name }));
  for (const wrong of [{ shell: "bash" }, { shell: "/bin/$x" }, { groups: ["a b"] }])
    await assert.rejects(stepOf("account", { ...params, ...wrong }), JSON.stringify(wrong));
});
