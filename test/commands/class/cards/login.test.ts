import assert from "node:assert/strict";
import { test } from "node:test";
import { entryMachine, sshCommand } from "../../../../src/commands/class/cards/login.ts";
import { parseLab } from "../../../../src/lab/load.ts";
import { labFolder } from "../../../../src/paths.ts";
import type { MachineInfo } from "../../../../src/providers/types.ts";

function labOf(machines: string) {
  const result = parseLab(`name: autumn-alice\nplaybooks: []\nmachines: [${machines}]\n`, "lab.yaml", {
    knownPlaybooks: [],
  });
  assert.ok("lab" in result, JSON.stringify(result));
  return result.lab;
}

const found = (name: string, host = "10.0.0.5", port = 22): MachineInfo => ({
  ...{ name, running: true, address: host, access: { host, port, user: "root", sudo: { kind: "none" } } },
  reach: () => undefined,
});
const credentials = { jump_host: { thor: "a-b" }, cp: { root: "c-d", student: "e-f" } };

const jump = "{ name: jump_host, role: jump-host, user: thor, login: [key, password] }";
const cp = "{ name: cp, role: control-plane, users: [{ name: student }], login: [key, password] }";

test("students begin at the jump host, else at the control plane, else at the first machine", () => {
  assert.equal(entryMachine(labOf(`${cp}, ${jump}`))?.name, "jump_host");
  assert.equal(entryMachine(labOf(`{ name: w, role: worker }, ${cp}`))?.name, "cp");
  assert.equal(
    entryMachine(labOf("{ name: a, role: app-server }, { name: b, role: app-server }"))?.name,
    "a",
  );
});

test("with a password, the command works from every computer that reaches the machine", () => {
  const lab = labOf(`${cp}, ${jump}`);
  const machines = [found("cp"), found("jump_host")];
  assert.equal(sshCommand(lab, machines, { credentials }), "ssh thor@10.0.0.5");
  const enter = (door: string) => (door === "ssh.jump_host" ? "192.168.1.5:13701" : undefined);
  assert.equal(sshCommand(lab, machines, { credentials, enter }), "ssh -p 13701 thor@192.168.1.5");
  assert.equal(sshCommand(labOf(cp), machines, { credentials }), "ssh student@10.0.0.5");
});

test("with a key alone, the command names the configuration that has the key", () => {
  const lab = labOf("{ name: cp, role: control-plane }");
  assert.equal(
    sshCommand(lab, [found("cp")], { credentials }),
    `ssh -F ${labFolder("autumn-alice")}/ssh_config autumn-alice.cp`,
  );
  assert.equal(sshCommand(labOf(jump), [found("jump_host")], { credentials: {} })?.includes("-F"), true);
});

test("a machine that does not exist has no command", () => {
  assert.equal(sshCommand(labOf(`${cp}, ${jump}`), [found("cp")], { credentials }), undefined);
});
