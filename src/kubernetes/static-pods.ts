import { type Command, sh } from "../hosts/sh.ts";
import { kubectl } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";

const components = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];

/** Waits, at most so many seconds, and ends with the exit code of the condition's last try. */
export const waitFor = (seconds: number, condition: Command): Command => sh`
  left=${seconds}
  until ${condition}; do
    left=$((left - 1)) && [ "$left" -gt 0 ] || break
    sleep 1
  done
  ${condition}`;

export const apiServerReady: Command = sh`{ ${kubectl(sh`get --raw /readyz`)} >/dev/null 2>&1; }`;
const allRun: Command = sh`{ for name in ${components}; do pidof "$name" >/dev/null || break; done; pidof "$name" >/dev/null; }`;

/**
 * Stops the kubelet and then the control plane's containers; the manifests stay. With the kubelet running, it would wait for the
 * API server's answer about the mirror pods (kubernetes#139502), and start what was stopped.
 */
export const stopControlPlane: Command = sh`
  systemctl stop kubelet &&
  ${nodeProgram("crictl")} ps -aq --name ${`^(${components.join("|")})$`} >/run/labwright-static-pods &&
  xargs -r ${nodeProgram("crictl")} stop --timeout 5 </run/labwright-static-pods >/dev/null 2>&1
  xargs -r ${nodeProgram("crictl")} rm --force </run/labwright-static-pods >/dev/null 2>&1
  rm -f /run/labwright-static-pods
  { ${waitFor(60, sh`{ ! pidof ${components} >/dev/null; }`)}; } ||
    { systemctl start kubelet; echo "the control plane's containers did not stop within 60 s" >&2; false; }`;

/** Starts the kubelet, which starts the control plane from its manifests, and waits until all of it runs and the API server is ready. */
export const startControlPlane: Command = sh`
  systemctl start kubelet && ${waitFor(180, apiServerReady)} && ${waitFor(60, allRun)}`;
