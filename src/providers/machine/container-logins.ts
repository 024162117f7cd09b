import { type Command, sh } from "../../hosts/sh.ts";
import { giveLogins, type Logins } from "./logins.ts";

/**
 * Sets up logins on a running machine that is a container: as infra/node-image's labwright-init does at its start, and
 * does again at each start from the same files. Run as root by the engine, which needs no key. A second run changes
 * nothing.
 */
export const giveInside = (logins: Logins): Command => sh`
  set -e
  umask 077
  for try in $(seq 100); do
    [ "$(cat /proc/1/comm)" = labwright-init ] || break
    sleep 0.1
  done
  mkdir -p /root/.ssh /etc/labwright
  grep -qxF ${logins.authorizedKey} /root/.ssh/authorized_keys 2>/dev/null ||
    printf '%s\n' ${logins.authorizedKey} >>/root/.ssh/authorized_keys
  if [ ${logins.user} != root ]; then
    printf '%s %s\n' ${logins.user} ${logins.sudo} >/etc/labwright/user
    chmod 644 /etc/labwright/user
    rm -f /etc/sudoers.d/${logins.user}
  fi
  ${giveLogins(logins)}`;
