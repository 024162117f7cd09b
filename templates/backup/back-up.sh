# shellcheck shell=sh
# Single quotes hold text for another shell.
# shellcheck disable=SC2016
# Requires the functions of rights/rights.sh.

back_up_noted() {
  cat "$all"/*/list | grep -qxF -e "made $1" -e "kept $1" -e "emptied $1" -e "aside $1" -e "stopped $1" -e "mounted $1"
}
back_up_came() { cat "$all"/*/list | grep -qxF -e "came $1" -e "own $1"; }
back_up_note() { printf '%s %s\n' "$1" "$2" >>"$mine/list" || exit 1; }
back_up_parents() {
  [ -d "$(dirname "$1")" ] || { back_up_parents "$(dirname "$1")"; back_up_note parent "$(dirname "$1")"; }
}
back_up_absent() { [ ! -e "$1" ] && [ ! -L "$1" ] && { back_up_parents "$1"; back_up_note "$2" "$1"; }; }
back_up_store() {
  who=$(labwright_controller "$1") to="$mine/kept"
  [ -z "$who" ] || { to="$mine/kept-of-$who"; [ -d "$to" ] || install -d -m 700 -o "$who" "$to" || exit 1; }
  labwright_as "$1" sh -c 'mkdir -p "$2$(dirname "$1")" && cp -a "$1" "$2$1"' sh "$1" "$to" &&
    back_up_note kept "$1" || exit 1
}

back_up_one() {
  case $1 in
    --contents)
      grep -qxF "$2" "$mine/ours" 2>/dev/null || printf '%s\n' "$2" >>"$mine/ours" || exit 1 ;;
    --services)
      back_up_noted "$2" || { systemctl is-active --quiet "$2" && back_up_note stopped "$2" && systemctl stop "$2"; } ;;
    --files)
      back_up_noted "$2" || back_up_absent "$2" made || back_up_store "$2" ;;
    --folders)
      back_up_noted "$2" || back_up_absent "$2" made || {
        if [ -z "$(ls -A "$2")" ]; then back_up_note emptied "$2"; else back_up_note aside "$2"; fi
      }
      if grep -qxF "aside $2" "$mine/list" && [ ! -e "$2.before-labwright" ]; then
        mv "$2" "$2.before-labwright" || exit 1
      fi ;;
    --fresh)
      back_up_noted "$2" || back_up_came "$2" || back_up_absent "$2" came ;;
    --own)
      back_up_noted "$2" || back_up_came "$2" || back_up_absent "$2" own ;;
    --mounts)
      back_up_noted "$2" || grep -qF " $2 " /proc/mounts || back_up_note mounted "$2" ;;
  esac
}

# labwright_back_up FOLDER OWNER --contents PATTERN… --services UNIT… --files PATH… --folders PATH… --fresh PATH… …
labwright_back_up() {
  all=$1 mine=$1/$2
  shift 2
  umask 022
  mkdir -p "$mine/kept" || exit 1
  touch "$mine/list"
  kind=
  for word; do
    case $word in
      --*) kind=$word ;;
      *) back_up_one "$kind" "$word" ;;
    esac
  done
  true
}
