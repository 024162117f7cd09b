import { type Command, sh } from "../../hosts/sh.ts";
import { configFileOf } from "../../kubernetes/kubeadm.ts";
import { removeContents } from "../../linux/backup.ts";
import { networkContents } from "../network/networks.ts";
import { madeByKubeadm, madeByKubelet } from "./contents.ts";
import { endPods } from "./end-pods.ts";

/**
 * Makes a node a machine that has joined nothing. `kubeadm reset` is not used, because it empties whole folders, with what
 * the machine's owner has put there.
 */
export const unmakeNode: Command = sh`
  ${endPods}
  ${removeContents(madeByKubeadm)}
  ${removeContents(madeByKubelet)}
  ${removeContents(networkContents("configuration"))}`;

/**
 * Clears what an attempt left that was cut short, and nothing if there was none: the configuration file is written before
 * kubeadm is started, so that its presence shows an attempt of ours.
 */
export const clearHalfDone: Command = sh`
  if [ -e ${configFileOf("init")} ] || [ -e ${configFileOf("join")} ]; then
    ${unmakeNode}
    rm -f ${[configFileOf("init"), configFileOf("join")]}
  fi`;
