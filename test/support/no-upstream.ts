import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

/** Nobody listens there: the port is below those that programs are given, and no service has it. */
export const closed = "http://127.0.0.1:1023";

/** Mirrors of everything that a lab from upstream asks. */
export const mirrors = {
  kubernetes: closed,
  docker: closed,
  debian: closed,
  images: closed,
  manifests: closed,
};

/** For a test file: a folder that the variable names while its tests run, and that is in PATH with a Go 1.26 in it. */
export function folderWithGo(variable: "XDG_CACHE_HOME" | "XDG_DATA_HOME"): string {
  const folder = mkdtempSync(join(tmpdir(), "labwright-go-"));
  const earlier = { [variable]: process.env[variable], PATH: process.env.PATH };
  before(() => {
    process.env[variable] = folder;
    writeFileSync(join(folder, "go"), "#!/bin/sh\necho go version go1.26.0 linux/amd64\n");
    chmodSync(join(folder, "go"), 0o755);
    process.env.PATH = `${folder}:/usr/bin:/bin`;
  });
  after(() => {
    for (const [name, value] of Object.entries(earlier))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    rmSync(folder, { recursive: true });
  });
  return folder;
}
