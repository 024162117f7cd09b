import { type Command, sh } from "../hosts/sh.ts";

/** The generations of iptables that a machine may have, and whose rules are apart from each other. */
export const firewalls = ["iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft"];

/** Removes the rules and chains in whose lines, as iptables-save(8) prints them, the extended expression is found. */
export const dropRules = (pattern: string | Command): Command => sh`
  for kind in ${firewalls}; do
    command -v "$kind-save" >/dev/null && "$kind-save" 2>/dev/null | grep -qE -e ${pattern} || continue
    "$kind-save" --counters | grep -vE -e ${pattern} | "$kind-restore" --counters
  done
  true`;
