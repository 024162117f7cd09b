import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { readCreatedWith } from "../lab/created-with.ts";
import { labIdFile } from "../lab/identity.ts";
import { labsFolder } from "../paths.ts";
import { labState } from "../session/lab-state.ts";
import { print, printJson } from "../ui/print.ts";
import { table } from "../ui/table.ts";

interface ListedLab {
  lab: string;
  provider?: string;
  /** What its machines do. */
  state: string;
  /** The lab file; absent if it is not known. */
  file?: string;
}

/** Lists the labs that were made by this user on this computer. Logs in to no machine, and changes nothing. */
export async function list({ json = false }: { json?: boolean }): Promise<void> {
  const names = (await readdir(labsFolder()).catch(() => []))
    .filter((name) => existsSync(labIdFile(name)))
    .sort();
  const labs = await Promise.all(names.map(listed));
  if (json) return printJson(labs, 2);
  if (labs.length === 0)
    return print("This computer has no labs. `labwright init` writes a lab file to start from.\n");
  const rows = labs.map(({ lab, provider = "", state, file = "" }) => [lab, provider, state, file]);
  print(table([["LAB", "PROVIDER", "STATE", "LAB FILE"], ...rows]));
}

async function listed(name: string): Promise<ListedLab> {
  const known = await readCreatedWith(name);
  if (!known) return { lab: name, state: "unknown: no `labwright up` has noted how it is made" };
  const { provider, file } = known;
  if (file === undefined)
    return {
      lab: name,
      provider,
      state: "unknown: an older labwright made it; `labwright up` notes its lab file",
    };
  const state = existsSync(file) ? await labState({ file, name, provider }) : "unknown: the lab file is gone";
  return { lab: name, provider, state, file };
}
