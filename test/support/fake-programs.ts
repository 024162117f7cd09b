import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

/** Puts programs first in PATH for the tests of one file: name → script. The answer holds the folder that they are in, and DIR is that. */
export function fakePrograms(scripts: Readonly<Record<string, string>>): { folder: string } {
  const fake = { folder: "" };
  const path = process.env.PATH;
  before(async () => {
    fake.folder = await mkdtemp(join(tmpdir(), "labwright-fake-"));
    for (const [name, script] of Object.entries(scripts)) {
      const text = `#!/bin/sh\nDIR=${fake.folder}\n${script}`;
      await writeFile(join(fake.folder, name), text, { mode: 0o755 });
    }
    process.env.PATH = `${fake.folder}:${path}`;
  });
  after(async () => {
    process.env.PATH = path;
    await rm(fake.folder, { recursive: true });
  });
  return fake;
}
