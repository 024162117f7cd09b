import { type Command, sh } from "../../../hosts/sh.ts";
import { docker } from "./images.ts";

/** A volume whose name the engine generated is removed with its container. */
const unnamed = "[0-9a-f]{64}";

/** Prints the engine's objects that a filter (`label=…`) does not find: `container news`, `volume data`. */
export const othersThan = (filter: string): Command => sh`
  unlabelled() {
    kind=$1 format=$2; shift 2
    all=$(${docker} "$kind" ls --format "$format" "$@" 2>/dev/null)
    ours=$(${docker} "$kind" ls --format "$format" "$@" --filter ${filter} 2>/dev/null)
    printf '%s\n' "$all" | grep -vxF -e "$ours" | grep -vxE ${unnamed} | sed -n "s/./$kind &/p"
  }
  unlabelled container '{{.Names}}' --all
  unlabelled network '{{.Name}}' --filter type=custom
  unlabelled volume '{{.Name}}'`;
