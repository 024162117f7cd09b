import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { page } from "../linux/http-get.ts";
import { ask, kubectl, kubeletConf } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";
import { waitFor } from "./static-pods.ts";

/** The kubelet's configuration on a node, which kubeadm writes. */
export const kubeletConfigFile = "/var/lib/kubelet/config.yaml";

export const kubeletUnit = "/etc/systemd/system/kubelet.service";

/** On a control plane: the configuration with which a node's kubelet works, from the kubelet itself. */
export const askRunningConfig = (node: string): Command =>
  kubectl(sh`get --raw ${`/api/v1/nodes/${node}/proxy/configz`}`);

/** On a node: succeeds if the kubelet runs from the program that is installed, and not from one that was there before. */
export const askRunsInstalled: Command = sh`
  test "/proc/$(systemctl show --property MainPID --value kubelet)/exe" -ef ${nodeProgram("kubelet")}`;

/** Whether the kubelet runs, but not from the installed program. */
export const runsReplaced = (state: Output, runsInstalled: Output): boolean =>
  state.stdout.trim() === "active" && runsInstalled.code !== 0;

/** A node may read itself. Its condition stays True for 40 s after its kubelet has ended, so the kubelet is asked too. */
const nodeWorks = (node: string): Command => sh`{
  ${page({ host: "127.0.0.1", port: 10248, path: "/healthz" })} | grep -qx ok &&
  [ "$(${ask(sh`get node ${node} -o ${'jsonpath={.status.conditions[?(@.type=="Ready")].status}'}`, kubeletConf)})" = True ]; }`;

/** On a node: starts the kubelet again, and waits until the node is Ready with it. */
export const restartKubelet = (node: string): Command => sh`
  systemctl reset-failed kubelet 2>/dev/null
  systemctl restart kubelet && ${waitFor(120, nodeWorks(node))}`;
