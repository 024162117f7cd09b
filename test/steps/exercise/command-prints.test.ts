import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { testCases } from "../../support/step-cases.ts";
import { checkContextOf, said, stepOf } from "../../support/steps.ts";
import { cases } from "./command-prints.cases.ts";

testCases(import.meta.filename, cases);

const context = checkContextOf("cp");
const command = ["systemctl", "is-active", "nginx"];

async function check(params: object, stdout: string, stderr = "") {
  return (await stepOf("command-prints", { command, ...params })).check(
    { output: { ...said(stdout), stderr } },
    context,
  );
}

test("command-prints: the whole output counts, without blanks around it", async () => {
  assert.deepEqual(await check({ prints: "active" }, "active\n"), []);
  assert.deepEqual(await check({ prints: "active\n" }, " active"), []);
  assert.deepEqual(await check({ prints: "active" }, "inactive\n"), [
    'on cp, `systemctl is-active nginx` prints "inactive", "active" expected',
  ]);
});

test("command-prints: a pattern may match any line", async () => {
  assert.deepEqual(await check({ matches: "^active$" }, "loaded\nactive\n"), []);
  assert.deepEqual(await check({ matches: "^active$" }, "inactive\n"), [
    'on cp, `systemctl is-active nginx` prints "inactive", something that matches ^active$ expected',
  ]);
});

test("command-prints: without output the command's last words are shown, and long ones are cut", async () => {
  assert.deepEqual(await check({ prints: "active" }, "", "x\ntimeout: failed to run command\n"), [
    'on cp, `systemctl is-active nginx` prints timeout: failed to run command, "active" expected',
  ]);
  assert.deepEqual(await check({ prints: "active" }, ""), [
    'on cp, `systemctl is-active nginx` prints nothing, "active" expected',
  ]);
  assert.ok(String(await check({ prints: "active" }, "x".repeat(5000))).length < 400);
});

test("command-prints: takes one of text and pattern, and a pattern that is one", async () => {
  for (const params of [{}, { prints: "a", matches: "a" }, { matches: "(" }, { command: [], prints: "a" }])
    await assert.rejects(stepOf("command-prints", { command, ...params }), JSON.stringify(params));
});

test("command-prints: no shell reads its arguments, and no output is endless", async () => {
  const run = async (...words: string[]) => {
    const { output } = (await stepOf("command-prints", { command: words, prints: "" })).probe(context);
    return execFileSync("sh", ["-c", output instanceof Object && "reveal" in output ? output.reveal() : ""]);
  };
  assert.equal(String(await run("printf", "%s|", "$(id)", "a b", "'")), "$(id)|a b|'|");
  assert.equal((await run("yes")).length, 65_536);
});
