import { type Command, sh } from "../hosts/sh.ts";
import { runningEtcdctl } from "./etcd.ts";
import { apiServerReady, startControlPlane, stopControlPlane } from "./static-pods.ts";

const folder = "/var/lib/labwright/outage";
const began = `${folder}/began`;

/** Prints when a control plane was stopped, in seconds since 1970; fails if it was not. */
export const askBegin: Command = sh`cat ${began}`;

/** Prints when the etcd that runs on a machine was started, in seconds since 1970; fails if none runs. */
export const askEtcdStart: Command = sh`
  etcd=$(pidof -s etcd) && age=$(ps -o etimes= -p "$etcd") && echo $(($(date +%s) - age))`;

/** Stops a control plane as if its machine had failed, and keeps it from starting by itself. */
export const stopForOutage: Command = sh`
  mkdir -p ${folder} && systemctl disable --quiet kubelet && { ${stopControlPlane}; } && date +%s >${began}`;

/** Starts a control plane for good. */
export const endOutage: Command = sh`systemctl enable --quiet kubelet && { ${startControlPlane}; }`;

export const forgetOutage: Command = sh`rm -rf ${folder}`;

/** Questions on a control plane about what runs there. */
export const controlPlaneQuestions = {
  state: sh`systemctl is-active kubelet`,
  enabled: sh`systemctl is-enabled kubelet`,
  api: apiServerReady,
  /** A list of JSON with the health of each member, as this machine's etcd knows them; exit code 1 if one is not healthy. */
  members: sh`${runningEtcdctl(sh`endpoint health --cluster -w json`)} 2>/dev/null`,
};
