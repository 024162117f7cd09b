import type { Site } from "../engine/step.ts";
import { rights } from "../hosts/rights.ts";
import { Command, sh } from "../hosts/sh.ts";
import type { Host, Output } from "../hosts/types.ts";

/** Where a machine keeps what steps found on it: one folder for each owner, which is a step's name. */
export const beforeFolder = "/var/lib/labwright/before";

/** Folders, and what the lab puts into each: shell patterns of paths below it. Anything else in there is somebody else's. */
export type Contents = Readonly<Record<string, readonly string[]>>;

/** Absolute paths that a step is about to change. What an earlier step has noted already stays as that one noted it. */
export interface Touched {
  /** Files that are written over: copied now, put back by `giveBack`. */
  files?: readonly string[];
  /** Folders that must be the lab's alone: moved aside now to `<path>.before-labwright`, moved back by `giveBack`. */
  folders?: Contents;
  /** Files that come to be as a side effect: removed by `giveBack` if they were not there before. */
  fresh?: readonly string[];
  /** Folders that come to be as a side effect: emptied of what is ours by `giveBack`. Another step may still move them aside. */
  freshFolders?: Contents;
  /** Folders that an exercise has for itself: removed by `giveBack` with all that is in them. */
  own?: readonly string[];
  /** Places where something gets mounted as a side effect: unmounted by `giveBack` where nothing was mounted before. */
  mounts?: readonly string[];
  /** systemd units that cannot run beside ours: stopped now, started again by `giveBack`. */
  services?: readonly string[];
}

const patternsOf = (contents: Contents = {}): string[] =>
  Object.entries(contents).flatMap(([folder, patterns]) => patterns.map((one) => `${folder}/${one}`));

/** Removes what the patterns match; they are ours alone, and have no spaces in them. */
export const removeContents = (contents: Contents): Command =>
  sh`rm -rf --one-file-system ${Command.of(patternsOf(contents).join(" "), patternsOf(contents).join(" "))}`;

/**
 * Notes on the machine how the paths are, before a step changes them, so that `giveBack` can restore that. Safe to be
 * cut short and to be run again: only what was noted first counts. The copy of a file in a user's folder is made by that
 * user, into a folder of the user's.
 */
export const remember = (owner: string, touched: Touched, folder = beforeFolder): Command => sh`
  ${rights}
  all=${folder} mine=${`${folder}/${owner}`}
  umask 022
  mkdir -p "$mine/kept" || exit 1
  touch "$mine/list"
  noted() { cat "$all"/*/list | grep -qxF -e "made $1" -e "kept $1" -e "emptied $1" -e "aside $1" -e "stopped $1" -e "mounted $1"; }
  came() { cat "$all"/*/list | grep -qxF -e "came $1" -e "own $1"; }
  note() { printf '%s %s\n' "$1" "$2" >>"$mine/list" || exit 1; }
  parents() { [ -d "$(dirname "$1")" ] || { parents "$(dirname "$1")"; note parent "$(dirname "$1")"; }; }
  absent() { [ ! -e "$1" ] && [ ! -L "$1" ] && { parents "$1"; note "$2" "$1"; }; }
  store() {
    who=$(labwright_controller "$1") to="$mine/kept"
    [ -z "$who" ] || { to="$mine/kept-of-$who"; [ -d "$to" ] || install -d -m 700 -o "$who" "$to" || exit 1; }
    labwright_as "$1" sh -c 'mkdir -p "$2$(dirname "$1")" && cp -a "$1" "$2$1"' sh "$1" "$to" && note kept "$1" || exit 1
  }
  for pattern in ${[...patternsOf(touched.folders), ...patternsOf(touched.freshFolders)]}; do
    grep -qxF "$pattern" "$mine/ours" 2>/dev/null || printf '%s\n' "$pattern" >>"$mine/ours" || exit 1
  done
  for unit in ${touched.services ?? []}; do
    noted "$unit" || { systemctl is-active --quiet "$unit" && note stopped "$unit" && systemctl stop "$unit"; }
  done
  for path in ${touched.files ?? []}; do
    noted "$path" || absent "$path" made || store "$path"
  done
  for path in ${Object.keys(touched.folders ?? {})}; do
    noted "$path" || absent "$path" made || {
      if [ -z "$(ls -A "$path")" ]; then note emptied "$path"; else note aside "$path"; fi
    }
    if grep -qxF "aside $path" "$mine/list" && [ ! -e "$path.before-labwright" ]; then
      mv "$path" "$path.before-labwright" || exit 1
    fi
  done
  for path in ${[...(touched.fresh ?? []), ...Object.keys(touched.freshFolders ?? {})]}; do
    noted "$path" || came "$path" || absent "$path" came
  done
  for path in ${touched.own ?? []}; do
    noted "$path" || came "$path" || absent "$path" own
  done
  for path in ${touched.mounts ?? []}; do
    noted "$path" || grep -qF " $path " /proc/mounts || note mounted "$path"
  done
  true`;

/** Notes that what a folder holds is the owner's own, from an earlier attempt: `remember` then leaves it where it is. */
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
export const givingBack = (owner: string, folder = beforeFolder): Command => sh`
  ${rights}
  mine=${`${folder}/${owner}`} failed=0
  is_folder() { [ -d "$1" ] && [ ! -L "$1" ]; }
  stays() { find "$1" -xdev -mindepth 1 ! -type d ! -name lost+found -print0 | head -z -n 5 | tr '\n\0' '?\n' | sed ${`s/^/${left}/`}; }
  clear_folder() {
    while read -r pattern; do
      case "$pattern" in "$1"/*) ;; *) continue ;; esac
      for found in $pattern; do
        [ ! -e "$found" ] && [ ! -L "$found" ] || labwright_as "$found" rm -rf --one-file-system "$found" </dev/null || return 1
      done
    done <"$mine/patterns"
    labwright_as "$1/." find "$1" -xdev -depth -mindepth 1 -type d -empty ! -name lost+found -delete </dev/null
  }
  leave_folder() {
    is_folder "$1" || return 0
    clear_folder "$1" || return 1
    labwright_as "$1" rmdir "$1" 2>/dev/null || stays "$1"
  }
  restore_file() {
    path=$1; shift
    for store in "$@"; do
      [ ! -e "$store$path" ] && [ ! -L "$store$path" ] ||
        labwright_as "$path" sh -c 'rm -f "$1" && mv "$2$1" "$1"' sh "$path" "$store" </dev/null || return 1
    done
  }
  if [ -e "$mine/list" ]; then
    sed '1!G;h;$!d' "$mine/list" >"$mine/reversed"
    cat "$mine/ours" 2>/dev/null >"$mine/patterns"
    while read -r kind path; do
      case "$kind" in
        made | came)
          if is_folder "$path"; then leave_folder "$path"; else labwright_as "$path" rm -f "$path"; fi ;;
        own) labwright_as "$path" rm -rf --one-file-system "$path" ;;
        kept) restore_file "$path" "$mine/kept" "$mine"/kept-of-* ;;
        emptied) ! is_folder "$path" || { clear_folder "$path" && stays "$path"; } ;;
        aside)
          [ ! -e "$path.before-labwright" ] || {
            leave_folder "$path" >/dev/null
            if is_folder "$path"; then
              stays "$path" | sed "s|$path|$path.since-labwright|"
              mv -T "$path" "$path.since-labwright"
            fi && mv -T "$path.before-labwright" "$path"
          } ;;
        mounted) ! grep -qF " $path " /proc/mounts || umount "$path" ;;
        parent) [ ! -d "$path" ] || labwright_as "$path" rmdir --ignore-fail-on-non-empty "$path" ;;
      esac || { echo "$kind $path: not given back" >&2; failed=1; }
    done <"$mine/reversed"
    if grep -q '^stopped ' "$mine/list"; then
      systemctl daemon-reload
      sed -n 's/^stopped //p' "$mine/list" | xargs systemctl start || failed=1
    fi
    [ "$failed" = 1 ] || { rm -rf "$mine" && rmdir --ignore-fail-on-non-empty -p ${folder}; }
  fi
  [ "$failed" = 0 ]`;

/** Reports what a command has printed that prints as `givingBack` does. */
export function reportLeft(site: Pick<Site, "leave">, { stdout }: Output): void {
  for (const line of stdout.split("\n")) if (line.startsWith(left)) site.leave(line.slice(left.length));
}

/** Gives back what a step has noted on a machine. */
export const giveBack = async (host: Host, site: Pick<Site, "leave">, owner: string): Promise<void> =>
  reportLeft(site, await host.run(givingBack(owner)));
