import { sh } from "../../hosts/sh.ts";

/**
 * Takes away the bridges of networks whose Docker engine is gone without having taken them away: an engine that was killed
 * and whose data folder is no more. Their masquerading rules outlive them, and would cut a new network with the same
 * addresses off from itself. The names are Docker's own: `br-` and 12 digits of the network's id. A bridge that has an
 * interface is somebody's. An engine that still knows such a network makes its bridge anew when it starts.
 */
export const removeLeftBridges = sh`
  ip -o link show type bridge 2>/dev/null | cut -d: -f2 | tr -d ' ' | grep -xE 'br-[0-9a-f]{12}' | while read -r bridge; do
    [ -z "$(ip -o link show master "$bridge")" ] || continue
    ip link delete "$bridge"
    iptables-save | grep -vF -- "$bridge" | iptables-restore
  done`;
