import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { init } from "../../src/commands/init.ts";

test("init names the lab after the folder, as a lab may be called, and never writes over a file", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "lwtest-init-"));
  t.after(() => rm(folder, { recursive: true }));
  t.mock.method(process.stdout, "write", () => true);
  const nameIn = async (name: string) => {
    await mkdir(join(folder, name));
    const file = join(folder, name, "lab.yaml");
    await init(file);
    return /^name: (.*)$/m.exec(await readFile(file, "utf8"))?.[1];
  };
  assert.equal(await nameIn("My Class (2026)"), "my-class-2026");
  assert.equal(await nameIn("___"), "basics");

  const file = join(folder, "mine.yaml");
  await writeFile(file, "mine\n");
  await assert.rejects(init(file), { code: "not-written", exit: 2 });
  assert.equal(await readFile(file, "utf8"), "mine\n");
  await assert.rejects(init(join(folder, "absent", "lab.yaml")), { code: "not-written" });
});
