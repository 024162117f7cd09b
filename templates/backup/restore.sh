# shellcheck shell=sh
# Single quotes hold text for another shell.
# shellcheck disable=SC2016
# Requires the functions of rights/rights.sh.

restore_is_folder() { [ -d "$1" ] && [ ! -L "$1" ]; }
restore_stays() {
  find "$1" -xdev -mindepth 1 ! -type d ! -name lost+found -print0 | head -z -n 5 |
    tr '\n\0' '?\n' | sed 's/^/labwright-left /'
}
restore_clear_folder() {
  while read -r pattern; do
    case "$pattern" in "$1"/*) ;; *) continue ;; esac
    for found in $pattern; do
      [ ! -e "$found" ] && [ ! -L "$found" ] || labwright_as "$found" rm -rf --one-file-system "$found" </dev/null || return 1
    done
  done <"$mine/patterns"
  labwright_as "$1/." find "$1" -xdev -depth -mindepth 1 -type d -empty ! -name lost+found -delete </dev/null
}
restore_leave_folder() {
  restore_is_folder "$1" || return 0
  restore_clear_folder "$1" || return 1
  labwright_as "$1" rmdir "$1" 2>/dev/null || restore_stays "$1"
}
restore_file() {
  path=$1; shift
  for store in "$@"; do
    [ ! -e "$store$path" ] && [ ! -L "$store$path" ] ||
      labwright_as "$path" sh -c 'rm -f "$1" && mv "$2$1" "$1"' sh "$path" "$store" </dev/null || return 1
  done
}

# labwright_restore FOLDER OWNER
labwright_restore() {
  all=$1 mine=$1/$2 failed=0
  if [ -e "$mine/list" ]; then
    sed '1!G;h;$!d' "$mine/list" >"$mine/reversed"
    cat "$mine/ours" 2>/dev/null >"$mine/patterns"
    while read -r kind path; do
      case "$kind" in
        made | came)
          if restore_is_folder "$path"; then restore_leave_folder "$path"; else labwright_as "$path" rm -f "$path"; fi ;;
        own) labwright_as "$path" rm -rf --one-file-system "$path" ;;
        kept) restore_file "$path" "$mine/kept" "$mine"/kept-of-* ;;
        emptied) ! restore_is_folder "$path" || { restore_clear_folder "$path" && restore_stays "$path"; } ;;
        aside)
          [ ! -e "$path.before-labwright" ] || {
            restore_leave_folder "$path" >/dev/null
            if restore_is_folder "$path"; then
              restore_stays "$path" | sed "s|$path|$path.since-labwright|"
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
    [ "$failed" = 1 ] || { rm -rf "$mine" && rmdir --ignore-fail-on-non-empty -p "$all"; }
  fi
  [ "$failed" = 0 ]
}
