import { type Command, sh } from "../hosts/sh.ts";
import { page } from "../linux/http-get.ts";
import { ask, kubectl, kubeletConf } from "./kubectl.ts";
import { waitFor } from "./static-pods.ts";

/** The kubelet's configuration on a node, which kubeadm writes. */
export const kubeletConfigFile = "/var/lib/kubelet/config.yaml";

export const kubeletUnit = "/etc/systemd/system/kubelet.service";

/** On a control plane: the configuration with which a node's kubelet works, from the kubelet itself. */
export const askRunningConfig = (node: string): Command =>
  kubectl(sh`get --raw ${`/api/v1/nodes/${node}/proxy/configz`}`);

/** A node may read itself. Its condition stays True for 40 s after its kubelet has ended, so the kubelet is asked too. */
const nodeWorks = (node: string): Command => sh`{
  ${page({ host: "127.0.0.1", port: 10248, path: "/healthz" })} | grep -qx ok &&
  [ "$(${ask(sh`get node ${node} -o ${'jsonpath={.status.conditions[?(@.type=="Ready")].status}'}`, kubeletConf)})" = True ]; }`;

/** On a node: starts the kubelet again, and waits until the node is Ready with it. */
export const restartKubelet = (node: string): Command => sh`
  systemctl reset-failed kubelet 2>/dev/null
  systemctl restart kubelet && ${waitFor(120, nodeWorks(node))}`;
