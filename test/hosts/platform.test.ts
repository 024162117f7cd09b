import assert from "node:assert/strict";
import { test } from "node:test";
import { LabwrightError } from "../../src/errors.ts";
import { architectureNamed } from "../../src/hosts/architecture.ts";
import { platformOf } from "../../src/hosts/platform.ts";
import type { Host } from "../../src/hosts/types.ts";

/** A machine that prints this when it is asked what it is. */
function machine(stdout: string): Host & { asked: number } {
  const host = {
    name: "w1",
    asked: 0,
    run: async () => {
      host.asked++;
      return { code: 0, stdout, stderr: "" };
    },
  };
  return host as unknown as Host & { asked: number };
}

test("a machine is asked once what it is, and this computer's own processor plays no part", async () => {
  const server = machine("aarch64\nubuntu\nnoble\n");
  const wanted = { architecture: "arm64", distribution: { id: "ubuntu", codename: "noble" } };
  assert.deepEqual(await platformOf(server), wanted);
  assert.deepEqual(await platformOf(server), wanted);
  assert.equal(server.asked, 1);
  assert.equal((await platformOf(machine("x86_64\ndebian\nbookworm\n"))).architecture, "amd64");
});

test("another processor is refused by the machine's name", async () => {
  await assert.rejects(
    platformOf(machine("riscv64\ndebian\ntrixie\n")),
    (error) =>
      error instanceof LabwrightError &&
      error.code === "unsupported-processor" &&
      /^w1 has a processor of the type "riscv64"/.test(error.message),
  );
});

test("uname, Docker, Node.js and clouds call the same processors by different names", () => {
  for (const name of ["x86_64", "amd64", "x64", "x86", "X86_64\n"])
    assert.equal(architectureNamed(name, "it"), "amd64");
  for (const name of ["aarch64", "arm64", "arm"]) assert.equal(architectureNamed(name, "it"), "arm64");
});
