import { nodeLeftovers } from "../../components/node/leftovers.ts";
import { ofRuntimes } from "../../components/runtime/runtimes.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { nodeFolder } from "../../kubernetes/node-programs.ts";
import { markFile } from "./mark.ts";

const processes = ["kubelet", ...ofRuntimes(({ processes }) => processes)];
const running = `^${nodeFolder}/(${processes.join("|")})( |$)`;

/**
 * Prints, a line each, what is left on a host of the steps' work: notes that were not used for restoring, files that we
 * wrote, traces of pods in the kernel, and our programs that still run.
 */
export const hostLeftovers: Command = sh`
  find /var/lib/labwright -mindepth 1 2>/dev/null | head -n 20
  find /etc/labwright -mindepth 1 ! -path ${markFile} 2>/dev/null
  grep -rlI --devices=skip --exclude-dir=labwright '^# Written by labwright' /etc 2>/dev/null
  ${nodeLeftovers}
  find /proc/[0-9]*/exe -maxdepth 0 -printf '%l\n' 2>/dev/null | grep -E ${running} | sort -u | sed 's/^/running /'
  true`;
