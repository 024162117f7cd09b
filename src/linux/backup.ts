import type { ApplyContext } from "../engine/step.ts";
import { rights } from "../hosts/rights.ts";
import { script } from "../hosts/script.ts";
import { Command, sh } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";

/** Where a machine keeps backups for steps: one folder for each owner, which is a step's name. */
export const beforeFolder = "/var/lib/labwright/before";

/** An owner's folder there. */
export const recordFolder = (owner: string): string => `${beforeFolder}/${owner}`;

/** Folders, and what the lab puts into each: shell patterns of paths below it. Everything else in there is not ours. */
export type Contents = Readonly<Record<string, readonly string[]>>;

/** One for several; what is named twice in a folder is in it once. */
export function joined(several: readonly Contents[]): Contents {
  const all: Record<string, readonly string[]> = {};
  for (const [folder, names] of several.flatMap((contents) => Object.entries(contents)))
    all[folder] = [...new Set([...(all[folder] ?? []), ...names])];
  return all;
}

/** Absolute paths that a step is about to change. What an earlier step has recorded already is not changed. */
export interface Touched {
  /** Files that are overwritten: copied now, copied back by `restore`. */
  files?: readonly string[];
  /** Folders that must be the lab's alone: moved aside now to `<path>.before-labwright`, moved back by `restore`. */
  folders?: Contents;
  /** Files created as a side effect: removed by `restore` if they were not there before. */
  fresh?: readonly string[];
  /** Folders created as a side effect: `restore` removes what is ours from them. Another step may still move them aside. */
  freshFolders?: Contents;
  /** Folders that an exercise owns: removed by `restore` with everything in them. */
  own?: readonly string[];
  /** Places where something gets mounted as a side effect: unmounted by `restore` if nothing was mounted before. */
  mounts?: readonly string[];
  /** systemd units that cannot run beside ours: stopped now, started again by `restore`. */
  services?: readonly string[];
}

const patternsOf = (contents: Contents = {}): string[] =>
  Object.entries(contents).flatMap(([folder, patterns]) => patterns.map((one) => `${folder}/${one}`));

/** Removes what the patterns match; the patterns are ours, and have no spaces in them. */
export const removeContents = (contents: Contents): Command =>
  sh`rm -rf --one-file-system ${Command.of(patternsOf(contents).join(" "), patternsOf(contents).join(" "))}`;

/**
 * Records on the machine the state of the paths, before a step changes them, for `restore`. Safe to be
 * cut short and to be run again: only the first record counts. The copy of a file in a user's folder is made by that
 * user, into a folder of the user's.
 */
export const backUp = (owner: string, touched: Touched, folder = beforeFolder): Command => sh`
  ${rights}
  ${script("backup/back-up.sh")}
  labwright_back_up ${folder} ${owner} \
    --contents ${[...patternsOf(touched.folders), ...patternsOf(touched.freshFolders)]} \
    --services ${touched.services ?? []} \
    --files ${touched.files ?? []} \
    --folders ${Object.keys(touched.folders ?? {})} \
    --fresh ${[...(touched.fresh ?? []), ...Object.keys(touched.freshFolders ?? {})]} \
    --own ${touched.own ?? []} \
    --mounts ${touched.mounts ?? []}`;

/** Records that a folder's content is the owner's, from an earlier attempt: `backUp` then does not move it. */
export const noteOwn = (owner: string, path: string, folder = beforeFolder): Command =>
  sh`mkdir -p ${`${folder}/${owner}`} && printf 'emptied %s\n' ${path} >>${`${folder}/${owner}/list`}`;

/** Whether that owner created a path, which was not there before. */
export const isMadeBy = (owner: string, path: string, folder = beforeFolder): Command =>
  sh`grep -qxF -e ${`made ${path}`} -e ${`came ${path}`} -e ${`own ${path}`} ${`${folder}/${owner}/list`}`;

const left = "labwright-left ";

/**
 * Restores everything that the owner has recorded; the services that it stopped are started again. In folders,
 * the lab's files are removed and then empty folders; prints `labwright-left PATH` for other files. If
 * something cannot be restored, no record or copy is removed.
 */
export const restoreCommand = (owner: string, folder = beforeFolder): Command => sh`
  ${rights}
  ${script("backup/restore.sh")}
  labwright_restore ${folder} ${owner}`;

/** Reports the output of a command that prints as `restoreCommand` does. */
export function reportLeft(context: Pick<ApplyContext, "leave">, { stdout }: Output): void {
  for (const line of stdout.split("\n")) if (line.startsWith(left)) context.leave(line.slice(left.length));
}

/** Restores what a step has recorded on a machine. */
export const restore = async (
  host: Host,
  context: Pick<ApplyContext, "leave">,
  owner: string,
): Promise<void> => reportLeft(context, await host.run(restoreCommand(owner)));
