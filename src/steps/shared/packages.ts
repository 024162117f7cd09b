import { basename } from "node:path";
import type { Site } from "../../engine/step.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import type { Host } from "../../hosts/types.ts";
import { machineProxies } from "../../lab/proxies.ts";
import { beforeFolder } from "./before.ts";
import { type Family, familyOf, osRelease } from "./family.ts";
import { quietly } from "./programs.ts";
import { progressIn, withProgress } from "./progress.ts";
import { exportOwnProxies, exportProxies } from "./proxies.ts";

const archives = "/var/lib/labwright/packages";

/** What one step notes of packages on a machine. */
function notesOf(owner: string) {
  const folder = `${beforeFolder}/${owner}`;
  return {
    folder,
    /** The packages that we installed, a line each. */
    mark: `${folder}/installed`,
    /** All packages that there were before; there only while an attempt of ours runs, or after one that was cut short. */
    snapshot: `${folder}/snapshot`,
  };
}

/**
 * Installs packages of a machine's family, out of where it gets its own or, where that cannot be reached, fetched on
 * this computer. What came is noted for `removePackages`; `owner` is the step's name.
 */
export async function installPackages(
  host: Host,
  site: Site,
  owner: string,
  { family, names }: { family: Family; names: readonly string[] },
): Promise<void> {
  const { folder, snapshot } = notesOf(owner);
  await host.run(
    sh`mkdir -p ${folder} && { [ -e ${snapshot} ] || { ${family.installed} >${`${snapshot}.new`} && mv ${`${snapshot}.new`} ${snapshot}; }; }`,
  );
  site.note(`installing ${names.join(", ")}`);
  const installing = withProgress(
    sh`${exportOwnProxies}
      ${exportProxies(site)}
      ${family.trust(machineProxies(site.lab).certificates)}
      ${family.install(names)}`,
    family.arriving,
  );
  const online = await host.run(installing, {
    accept: "any",
    onLine: (line) => {
      if (progressIn(line) === undefined) site.note(line);
    },
  });
  if (online.code !== 0) await installFromHere(host, family, names, site);
  await host.run(noteInstalled(family, owner));
}

/**
 * Removes the packages that the owner's step has brought, also in an attempt that was cut short, and no others. `first` is
 * run on the machine before that; where other packages need them they are kept, and it is not run.
 */
export async function removePackages(host: Host, site: Site, owner: string, first = sh`true`): Promise<void> {
  const { folder, mark, snapshot } = notesOf(owner);
  const release = await host.run(sh`[ ! -d ${folder} ] || { ${osRelease}; }`);
  if (release.stdout === "") return;
  const family = familyOf(host.name, release);
  await host.run(sh`[ ! -e ${snapshot} ] || { ${noteInstalled(family, owner)}
    }`);
  const linesOf = (text: string) => text.split("\n").filter((line) => line.trim() !== "");
  const installed = linesOf((await host.run(sh`cat ${mark} 2>/dev/null; true`)).stdout);
  if (installed.length > 0) {
    const needed = linesOf((await host.run(family.remove(installed, first))).stdout);
    if (needed.length > 0) site.note(`kept the packages: ${needed.join(", ")} needs them`);
  }
  await host.run(sh`rm -rf ${folder} && rmdir --ignore-fail-on-non-empty -p ${beforeFolder}`);
}

async function installFromHere(
  host: Host,
  family: Family,
  names: readonly string[],
  site: Site,
): Promise<void> {
  site.note("the machine reaches no packages: fetching them on this computer");
  for (const file of await family.download(host, names, quietly(site))) {
    site.note(`sending ${basename(file)}`);
    await host.write({ path: `${archives}/${basename(file)}`, content: { localFile: file } });
  }
  await host.run(family.installFiles(archives), { onLine: site.note });
}

function noteInstalled(family: Family, owner: string): Command {
  const { mark, snapshot } = notesOf(owner);
  return sh`
  ${family.installed} | LC_ALL=C comm -13 ${snapshot} - >>${mark} && rm ${snapshot}`;
}
