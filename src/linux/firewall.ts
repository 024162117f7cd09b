import { type Command, sh } from "../hosts/sh.ts";

/** The generations of iptables that a machine may have, with separate rules. */
export const firewalls = ["iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft"];

/** Removes the rules and chains whose lines in iptables-save(8)'s format match the extended expression. */
export const dropRules = (pattern: string | Command): Command => sh`
  for kind in ${firewalls}; do
    command -v "$kind-save" >/dev/null && "$kind-save" 2>/dev/null | grep -qE -e ${pattern} || continue
    "$kind-save" --counters | grep -vE -e ${pattern} | "$kind-restore" --counters
  done
  true`;
