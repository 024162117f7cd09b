import { basename } from "node:path";
import type { ApplyContext } from "../engine/step.ts";
import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";
import { machineProxies } from "../lab/proxies.ts";
import { count } from "../wording.ts";
import { beforeFolder, recordFolder, reportLeft } from "./backup.ts";
import { forgetDetached, runDetached, waitForDetached } from "./detached.ts";
import type { Family } from "./families/family.ts";
import { familyOf, osRelease } from "./family.ts";
import { quietly } from "./programs.ts";
import { progressIn, withProgress } from "./progress.ts";
import { exportOwnProxies, exportProxies } from "./proxies.ts";

const archives = "/var/lib/labwright/packages";

/** The name of the package manager's work; a machine runs one at a time. */
const work = "packages";

/**
 * Installs packages of a machine's family, from the machine's own sources or, if they cannot be reached, fetched on
 * this computer. The package manager itself records what it installs, for `removePackages`; `owner` is the step's name.
 */
export async function installPackages(
  host: Host,
  context: ApplyContext,
  owner: string,
  { family, names }: { family: Family; names: readonly string[] },
): Promise<void> {
  const notes = recordFolder(owner);
  await settle(host, context, family);
  await host.run(sh`mkdir -p ${notes} && ${family.beforeInstall(notes)}`);
  context.note(`installing ${names.join(", ")}`);
  const installing = withProgress(
    sh`${exportOwnProxies}
      ${exportProxies(context)}
      ${family.trust(machineProxies(context.lab).certificates)}
      ${family.install(names, notes)}`,
    family.arriving,
  );
  const online = await runDetached(host, work, installing, (line) => {
    if (progressIn(line) === undefined) context.note(line);
  });
  if (online.code !== 0) await installFromHere(host, family, names, notes, context);
}

export interface Removal {
  /** Called before the first package is removed, with the names of all that will be; not called if there is none. */
  first?: (names: readonly string[]) => Promise<void>;
}

/**
 * Removes the packages that the owner's step installed, also in an attempt that was cut short, and no others. Packages that
 * others need, or that somebody has asked the package manager for since, stay and are reported.
 */
export async function removePackages(
  host: Host,
  context: ApplyContext,
  owner: string,
  { first }: Removal = {},
): Promise<void> {
  const notes = recordFolder(owner);
  const release = await host.run(sh`[ ! -d ${notes} ] || { ${osRelease}; }`);
  if (release.stdout === "") return;
  const family = familyOf(host.name, release);
  await settle(host, context, family);
  const planned = await host.run(family.toRemove(notes));
  reportLeft(context, planned);
  const names = planned.stdout.split("\n").flatMap((line) => /^remove (\S+)$/.exec(line)?.[1] ?? []);
  if (names.length > 0) {
    await first?.(names);
    context.note(`removing ${count(names.length, "package")}`);
    const output = await runDetached(host, work, family.remove(names, notes), context.note);
    if (output.code !== 0) throw packagesFailed(host.name, output);
  }
  await host.run(family.afterRemoval(notes));
  await host.run(sh`rm -rf ${notes} && rmdir --ignore-fail-on-non-empty -p ${beforeFolder}`);
}

/** Waits for work that an earlier connection left running, and repairs what was cut short. */
async function settle(host: Host, context: ApplyContext, family: Family): Promise<void> {
  if (await waitForDetached(host, work, context.note)) {
    context.note("an earlier run of the package manager was interrupted: repairing");
    const output = await runDetached(host, work, family.repair, context.note);
    if (output.code !== 0) throw packagesFailed(host.name, output);
  }
  await host.run(forgetDetached(work));
}

async function installFromHere(
  host: Host,
  family: Family,
  names: readonly string[],
  notes: string,
  context: ApplyContext,
): Promise<void> {
  context.note("the machine cannot reach its package mirrors: fetching the packages on this computer");
  for (const file of await family.download(host, names, quietly(context))) {
    context.note(`sending ${basename(file)}`);
    await host.write({ path: `${archives}/${basename(file)}`, content: { localFile: file } });
  }
  const output = await runDetached(host, work, family.installFiles(archives, notes), context.note);
  if (output.code !== 0) throw packagesFailed(host.name, output);
}

const packagesFailed = (machine: string, { stdout }: Output): LabwrightError =>
  new LabwrightError({
    code: "packages-failed",
    message: `the package manager of ${machine} failed`,
    remedy: "Repair what it reports, then run the command again.",
    output: stdout.slice(-4000),
  });
