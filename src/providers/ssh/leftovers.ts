import { nodeLeftovers } from "../../components/node/leftovers.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { markFile } from "./mark.ts";

/**
 * Prints, a line each, what is still there of what steps made on a host: notes that were not given back, files that we
 * wrote, what pods left in the kernel, and programs of ours that still run.
 */
export const hostLeftovers: Command = sh`
  find /var/lib/labwright -mindepth 1 2>/dev/null | head -n 20
  find /etc/labwright -mindepth 1 ! -path ${markFile} 2>/dev/null
  grep -rlI --devices=skip --exclude-dir=labwright '^# Written by labwright' /etc 2>/dev/null
  ${nodeLeftovers}
  find /proc/[0-9]*/exe -maxdepth 0 -printf '%l\n' 2>/dev/null | grep -E '^/usr/local/bin/(kubelet|containerd|containerd-shim-runc-v2)( |$)' | sort -u | sed 's/^/running /'
  true`;
