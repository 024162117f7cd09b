import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

/** Puts a `docker` first in PATH for the tests of one file. The answer holds the folder that it is in, and DIR is that. */
export function fakeDocker(script: string): { folder: string } {
  const fake = { folder: "" };
  const path = process.env.PATH;
  before(async () => {
    fake.folder = await mkdtemp(join(tmpdir(), "labwright-fake-docker-"));
    const text = `#!/bin/sh\nDIR=${fake.folder}\n${script}`;
    await writeFile(join(fake.folder, "docker"), text, { mode: 0o755 });
    process.env.PATH = `${fake.folder}:${path}`;
  });
  after(async () => {
    process.env.PATH = path;
    await rm(fake.folder, { recursive: true });
  });
  return fake;
}
