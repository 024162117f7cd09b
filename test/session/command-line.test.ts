import assert from "node:assert/strict";
import { test } from "node:test";
import { commandLine } from "../../src/session/command-line.ts";

test("a command repeats the options that name the lab, before its arguments, and quotes what needs it", () => {
  assert.equal(commandLine({}, "down"), "labwright down");
  assert.equal(
    commandLine({ file: "my lab.yaml" }, "exercise list"),
    "labwright exercise list --file 'my lab.yaml'",
  );
  assert.equal(
    commandLine({ file: "a.yaml", name: "two", provider: "incus", sudoPasswordFile: "pw" }, "ssh", "cp"),
    "labwright ssh --file a.yaml --name two --provider incus --sudo-password-file pw cp",
  );
});
