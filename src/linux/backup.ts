import type { ApplyContext } from "../engine/step.ts";
import { rights } from "../hosts/rights.ts";
import { script } from "../hosts/script.ts";
import { Command, sh } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";

/** Where a machine keeps what steps found on it: one folder for each owner, which is a step's name. */
export const beforeFolder = "/var/lib/labwright/before";

/** Folders, and what the lab puts into each: shell patterns of paths below it. Anything else in there is somebody else's. */
export type Contents = Readonly<Record<string, readonly string[]>>;

/** Absolute paths that a step is about to change. What an earlier step has noted already stays as that one noted it. */
export interface Touched {
  /** Files that are overwritten: copied now, copied back by `restore`. */
  files?: readonly string[];
  /** Folders that must be the lab's alone: moved aside now to `<path>.before-labwright`, moved back by `restore`. */
  folders?: Contents;
  /** Files that come to be as a side effect: removed by `restore` if they were not there before. */
  fresh?: readonly string[];
  /** Folders that come to be as a side effect: emptied of what is ours by `restore`. Another step may still move them aside. */
  freshFolders?: Contents;
  /** Folders that an exercise has for itself: removed by `restore` with all that is in them. */
  own?: readonly string[];
  /** Places where something gets mounted as a side effect: unmounted by `restore` if nothing was mounted before. */
  mounts?: readonly string[];
  /** systemd units that cannot run beside ours: stopped now, started again by `restore`. */
  services?: readonly string[];
}

const patternsOf = (contents: Contents = {}): string[] =>
  Object.entries(contents).flatMap(([folder, patterns]) => patterns.map((one) => `${folder}/${one}`));

/** Removes what the patterns match; they are ours alone, and have no spaces in them. */
export const removeContents = (contents: Contents): Command =>
  sh`rm -rf --one-file-system ${Command.of(patternsOf(contents).join(" "), patternsOf(contents).join(" "))}`;

/**
 * Notes on the machine how the paths are, before a step changes them, so that `restore` can restore that. Safe to be
 * cut short and to be run again: only what was noted first counts. The copy of a file in a user's folder is made by that
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

/** Notes that what a folder holds is the owner's own, from an earlier attempt: `backUp` then leaves it where it is. */
export const noteOwn = (owner: string, path: string, folder = beforeFolder): Command =>
  sh`mkdir -p ${`${folder}/${owner}`} && printf 'emptied %s\n' ${path} >>${`${folder}/${owner}/list`}`;

/** Whether a path came to be by that owner's doing, and was not there before it. */
export const isMadeBy = (owner: string, path: string, folder = beforeFolder): Command =>
  sh`grep -qxF -e ${`made ${path}`} -e ${`came ${path}`} -e ${`own ${path}`} ${`${folder}/${owner}/list`}`;

const left = "labwright-left ";

/**
 * Makes everything that the owner has noted as it was before; the services that it stopped are started again. Of folders,
 * what is the lab's is removed and then what is empty; prints `labwright-left PATH` for what others have put there. If
 * something cannot be given back, nothing of the notes and copies is removed.
 */
export const restoreCommand = (owner: string, folder = beforeFolder): Command => sh`
  ${rights}
  ${script("backup/restore.sh")}
  labwright_restore ${folder} ${owner}`;

/** Reports what a command has printed that prints as `restoreCommand` does. */
export function reportLeft(context: Pick<ApplyContext, "leave">, { stdout }: Output): void {
  for (const line of stdout.split("\n")) if (line.startsWith(left)) context.leave(line.slice(left.length));
}

/** Gives back what a step has noted on a machine. */
export const restore = async (
  host: Host,
  context: Pick<ApplyContext, "leave">,
  owner: string,
): Promise<void> => reportLeft(context, await host.run(restoreCommand(owner)));
