import { type Command, sh } from "../../hosts/sh.ts";
import { dropRules } from "../../linux/firewall.ts";

/** How a daemon names the bridges of its networks. */
interface Daemon {
  program: string;
  /** An extended regular expression for a whole name. */
  bridges: string;
}

/** Docker takes 12 digits of the network's id. */
export const docker: Daemon = { program: "dockerd", bridges: "br-[0-9a-f]{12}" };
/** The names that labwright gives, from labs', which are DNS labels, and from the number of a set after a dot. */
export const incus: Daemon = { program: "incusd", bridges: "lw-[a-z0-9.-]+" };

/** For the lines in which "$bridge" is a whole word: those of a network with a longer name, or another sign for the dot, stay. */
const naming = sh`"[ \"]$(printf %s "$bridge" | sed 's/[.]/[.]/g')([ \"]|\$)"`;

/**
 * Removes the bridges of networks whose daemon was killed before it removed them, and whose
 * data folder no longer exists. Their masquerading rules outlive them, and would cut a new network with the same addresses off
 * from itself. A bridge with an interface is in use. A daemon that still knows such a network creates its bridge again
 * when it starts.
 */
export const removeLeftBridges = ({ bridges }: Daemon): Command => sh`
  ip -o link show type bridge 2>/dev/null | cut -d: -f2 | tr -d ' ' | grep -xE ${bridges} | while read -r bridge; do
    [ -z "$(ip -o link show master "$bridge")" ] || continue
    ip link delete "$bridge"
    ${dropRules(naming)}
  done`;

/** Like `removeLeftBridges`, if no such daemon runs: one that we may not ask has its own bridges. */
export const removeDeadBridges = (daemon: Daemon): Command =>
  sh`pgrep -x ${daemon.program} >/dev/null || {
    ${removeLeftBridges(daemon)}
  }`;
