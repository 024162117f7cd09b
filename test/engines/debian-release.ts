import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../../src/local/program.ts";

const sources = "/etc/apt/sources.list.d/debian.sources";

/** Why packages of other Debian releases cannot be had here; false where they can. */
export const noDebian: string | false = await readFile(sources, "utf8").then(
  () => false,
  () => `this computer has no ${sources}`,
);

/** apt(8) for a release of Debian that this computer does not run, in its own folder, from where this one gets its own. */
export interface Release {
  /** Where the packages' files lie. */
  archives: string;
  apt(...args: string[]): Promise<string>;
}

export async function debianRelease(codename: string, folder: string): Promise<Release> {
  const archives = join(folder, "archives");
  for (const each of ["lists/partial", "archives/partial", "empty"])
    await mkdir(join(folder, each), { recursive: true });
  const own = await readFile(sources, "utf8");
  const release = /^VERSION_CODENAME=(.*)$/m.exec(await readFile("/etc/os-release", "utf8"))?.[1] ?? "";
  await writeFile(join(folder, "debian.sources"), own.replaceAll(release, codename));
  await writeFile(join(folder, "status"), "");
  const settings = Object.entries({
    "Dir::State": folder,
    "Dir::State::lists": join(folder, "lists"),
    "Dir::State::status": join(folder, "status"),
    "Dir::Cache": folder,
    "Dir::Cache::archives": archives,
    "Dir::Etc::sourcelist": join(folder, "debian.sources"),
    "Dir::Etc::sourceparts": join(folder, "empty"),
    "APT::Install-Recommends": "false",
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  }).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  const apt = (...args: string[]) => runProgram("apt-get", ["-q", "-q", ...settings, ...args]);
  await apt("update");
  return { archives, apt };
}

/** Unpacks the files of some packages into a folder, without installing anything. */
export async function unpack(
  { archives }: Release,
  packages: readonly string[],
  into: string,
): Promise<void> {
  const files = await readdir(archives);
  for (const name of packages) {
    const file = files.find((one) => one.startsWith(`${name}_`));
    if (file === undefined) throw new Error(`${name} was not fetched`);
    await runProgram("dpkg-deb", ["--extract", join(archives, file), into]);
  }
}
