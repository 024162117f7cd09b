import { type Command, sh } from "../../hosts/sh.ts";

/** Where a machine keeps what steps found on it: one folder for each owner, which is a step's name. */
export const beforeFolder = "/var/lib/labwright/before";

/** Absolute paths that a step is about to change. What an earlier step has noted already stays as that one noted it. */
export interface Touched {
  /** Files that are written over: copied now, put back by `giveBack`. */
  files?: readonly string[];
  /** Folders that must be the lab's alone: moved aside now to `<path>.before-labwright`, moved back by `giveBack`. */
  folders?: readonly string[];
  /** Paths that come to be as a side effect: removed by `giveBack` where they were not there before. Another step may still move them aside. */
  fresh?: readonly string[];
  /** Places where something gets mounted as a side effect: unmounted by `giveBack` where nothing was mounted before. */
  mounts?: readonly string[];
  /** systemd units that cannot run beside ours: stopped now, started again by `giveBack`. */
  services?: readonly string[];
}

/**
 * Notes on the machine how the paths are, before a step changes them, so that `giveBack` can restore that. Safe to be
 * cut short and to be run again: only what was noted first counts.
 */
export const remember = (owner: string, touched: Touched, folder = beforeFolder): Command => sh`
  all=${folder} mine=${`${folder}/${owner}`}
  mkdir -p "$mine/kept" || exit 1
  touch "$mine/list"
  noted() { cat "$all"/*/list | grep -qxF -e "made $1" -e "kept $1" -e "emptied $1" -e "aside $1" -e "stopped $1" -e "mounted $1"; }
  came() { cat "$all"/*/list | grep -qxF "came $1"; }
  note() { printf '%s %s\n' "$1" "$2" >>"$mine/list" || exit 1; }
  parents() { [ -d "$(dirname "$1")" ] || { parents "$(dirname "$1")"; note parent "$(dirname "$1")"; }; }
  absent() { [ ! -e "$1" ] && [ ! -L "$1" ] && { parents "$1"; note "$2" "$1"; }; }
  for unit in ${touched.services ?? []}; do
    noted "$unit" || { systemctl is-active --quiet "$unit" && note stopped "$unit" && systemctl stop "$unit"; }
  done
  for path in ${touched.files ?? []}; do
    noted "$path" || absent "$path" made || {
      mkdir -p "$mine/kept$(dirname "$path")" && cp -a "$path" "$mine/kept$path" && note kept "$path" || exit 1
    }
  done
  for path in ${touched.folders ?? []}; do
    noted "$path" || absent "$path" made || {
      if [ -z "$(ls -A "$path")" ]; then note emptied "$path"; else note aside "$path"; fi
    }
    if grep -qxF "aside $path" "$mine/list" && [ ! -e "$path.before-labwright" ]; then
      mv "$path" "$path.before-labwright" || exit 1
    fi
  done
  for path in ${touched.fresh ?? []}; do
    noted "$path" || came "$path" || absent "$path" came
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
  sh`grep -qxF -e ${`made ${path}`} -e ${`came ${path}`} ${`${folder}/${owner}/list`}`;

/** Makes everything that the owner has noted as it was before; the services that it stopped are started again. */
export const giveBack = (owner: string, folder = beforeFolder): Command => sh`
  mine=${`${folder}/${owner}`} failed=0
  if [ -e "$mine/list" ]; then
    sed '1!G;h;$!d' "$mine/list" >"$mine/reversed"
    while read -r kind path; do
      case "$kind" in
        made | came) rm -rf --one-file-system "$path" ;;
        kept) [ ! -e "$mine/kept$path" ] && [ ! -L "$mine/kept$path" ] || { rm -f "$path" && mv "$mine/kept$path" "$path"; } ;;
        emptied) [ ! -d "$path" ] || find "$path" -xdev -mindepth 1 -delete ;;
        aside) [ ! -e "$path.before-labwright" ] || { rm -rf --one-file-system "$path" && mv "$path.before-labwright" "$path"; } ;;
        mounted) ! grep -qF " $path " /proc/mounts || umount "$path" ;;
        parent) [ ! -d "$path" ] || rmdir --ignore-fail-on-non-empty "$path" ;;
      esac || failed=1
    done <"$mine/reversed"
    if grep -q '^stopped ' "$mine/list"; then
      systemctl daemon-reload
      sed -n 's/^stopped //p' "$mine/list" | xargs systemctl start || failed=1
    fi
    [ "$failed" = 1 ] || { rm -rf "$mine" && rmdir --ignore-fail-on-non-empty -p ${folder}; }
  fi
  [ "$failed" = 0 ]`;
