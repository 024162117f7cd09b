# shellcheck shell=sh
# Single quotes hold text for another shell.
# shellcheck disable=SC2016
labwright_controller() {
  [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null || return 0
  labwright_left=$1 labwright_at='' labwright_links=0
  while :; do
    while [ "$labwright_left" != "${labwright_left#/}" ]; do labwright_left=${labwright_left#/}; done
    case $labwright_left in */*) ;; *) return 0 ;; esac
    labwright_at=$labwright_at/${labwright_left%%/*} labwright_left=${labwright_left#*/}
    [ -e "$labwright_at" ] || [ -L "$labwright_at" ] || return 0
    labwright_uid=$(stat -c %u "$labwright_at") || return 0
    [ "$labwright_uid" = 0 ] || { echo "$labwright_uid"; return 0; }
    [ -L "$labwright_at" ] || continue
    labwright_links=$((labwright_links + 1))
    [ "$labwright_links" -lt 40 ] || return 0
    labwright_target=$(readlink "$labwright_at")
    case $labwright_target in
      /*) labwright_left=$labwright_target/$labwright_left ;;
      *) labwright_left=${labwright_at%/*}/$labwright_target/$labwright_left ;;
    esac
    labwright_at=
  done
}
labwright_as_uid() {
  labwright_uid=$1
  shift
  labwright_gid=$(id -g "$labwright_uid" 2>/dev/null) || labwright_gid=65534
  timeout --kill-after 1 30 setpriv --reuid "$labwright_uid" --regid "$labwright_gid" --clear-groups --no-new-privs \
    env -i LC_ALL=C HOME="$(getent passwd "$labwright_uid" | cut -d: -f6)" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}
labwright_as() {
  labwright_who=$(labwright_controller "$1")
  shift
  if [ -z "$labwright_who" ]; then "$@"; else labwright_as_uid "$labwright_who" "$@"; fi
}
labwright_give() {
  labwright_of=$(labwright_controller "$1")
  if [ -z "$labwright_of" ]; then touch "$1" && chown "$2" "$1" && chmod "$3" "$1"; return; fi
  labwright_file=$(labwright_as_uid "$labwright_of" readlink -e "$(dirname "$1")")/$(basename "$1")
  [ "$(labwright_controller "$labwright_file")" = "$labwright_of" ] || { echo "$1 leads elsewhere" >&2; return 1; }
  [ -e "$labwright_file" ] || [ -L "$labwright_file" ] ||
    labwright_as_uid "$labwright_of" sh -c 'set -C; : >"$1"' sh "$labwright_file" || return 1
  timeout --kill-after 1 30 sh -c '
    [ -f "$1" ] && [ ! -L "$1" ] && exec 9<"$1" && [ "$(readlink /proc/self/fd/9)" = "$1" ] &&
      [ "$(stat -L -c %h /proc/self/fd/9)" = 1 ] || { echo "$1 is not a file" >&2; exit 1; }
    chown "$2" /proc/self/fd/9 && chmod "$3" /proc/self/fd/9' sh "$labwright_file" "$2" "$3"
}
