import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";

/** Gives the tests of a file another folder for the data of labs, which is removed after them. */
export function useOwnDataFolder(): void {
  const home = process.env.XDG_DATA_HOME;
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "lwtest-data-"));
    process.env.XDG_DATA_HOME = folder;
  });
  after(async () => {
    if (home === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = home;
    await rm(folder, { recursive: true });
  });
}
