import { type Command, sh } from "../hosts/sh.ts";
import { nodeProgram } from "./node-programs.ts";
import { apiServerReady, waitFor } from "./static-pods.ts";

const pki = "/etc/kubernetes/pki/etcd";

/** An etcdctl on the control plane, with the certificate that kubeadm made for health checks. */
const etcdctlOf = (program: Command, command: Command): Command =>
  sh`${program} --endpoints https://127.0.0.1:2379 --cacert ${`${pki}/ca.crt`} --cert ${`${pki}/healthcheck-client.crt`} --key ${`${pki}/healthcheck-client.key`} ${command}`;

/** The installed etcdctl. */
export const etcdctl = (command: Command): Command => etcdctlOf(sh`${nodeProgram("etcdctl")}`, command);

/** A program in the image that etcd runs from. */
export const runningProgram = (name: "etcdctl" | "etcdutl"): Command =>
  sh`/proc/"$(pidof -s etcd)"/root${nodeProgram(name)}`;

/** The etcdctl of the running etcd's image, which every control plane has. */
export const runningEtcdctl = (command: Command): Command => etcdctlOf(runningProgram("etcdctl"), command);

export const etcdData = "/var/lib/etcd";
const manifests = "/etc/kubernetes/manifests";

/** The manifests of etcd and of the API server, which are removed and restored together, and their copies. */
export const guardFolder = "/var/lib/labwright/etcd-guard";
const guarded = ["etcd.yaml", "kube-apiserver.yaml"];
const guardSnapshot = `${guardFolder}/before.db`;
const presentSnapshot = `${guardFolder}/present.db`;

/** Prints the folders beside etcd's own that hold data of an etcd. */
const otherData: Command = sh`find /var/lib -mindepth 2 -maxdepth 2 -path '/var/lib/etcd?*/member' -printf '%h\n' | sort`;

/**
 * Sets `data` to the data folder of the running etcd, by its path on this machine: it may have been started
 * with another folder.
 */
export const runningData: Command = sh`
  etcd=$(pidof -s etcd) &&
  data=/proc/"$etcd"/root$(tr '\0' '\n' </proc/"$etcd"/cmdline | sed -n 's/^--data-dir=//p')`;

/**
 * Prints a hash of the first entries of etcd's log. They do not change as long as etcd continues it (up to 320 MB,
 * etcd's default), and a copy has the same; a restored snapshot starts another.
 */
export const logBegins: Command = sh`{ ${runningData} && head -c 4096 "$(ls "$data"/member/wal/*.wal | head -n 1)" | sha256sum | cut -c 1-64; }`;
export const keptLog = `${guardFolder}/log`;

/** Prints the identity of etcd's process: another one may have begun with other data. */
const life: Command = sh`{ etcd=$(pidof -s etcd) && awk '{ print $1, $22 }' /proc/"$etcd"/stat; }`;
const keptLife = `${guardFolder}/life`;

/** Whether etcd's process is the one whose identity was recorded. */
export const isKeptLife: Command = sh`[ "$(${life})" = "$(cat ${keptLife} 2>/dev/null)" ]`;

/** Records the identity of etcd's process: its current data is right. */
export const keepLife: Command = sh`${life} >${keptLife}`;

/** Copies the manifests, takes a snapshot, and records which folders there are: `mend` restores from these. */
export const guard: Command = sh`
  rm -rf ${`${guardFolder}.new`} && mkdir -p ${`${guardFolder}.new`} && chmod 700 ${`${guardFolder}.new`} &&
  cd ${manifests} && cp -p ${guarded} ${`${guardFolder}.new/`} && cd / &&
  ${etcdctl(sh`snapshot save ${`${guardFolder}.new/before.db`}`)} >/dev/null &&
  ${otherData} >${`${guardFolder}.new/folders`} &&
  ${logBegins} >${`${guardFolder}.new/log`} && ${life} >${`${guardFolder}.new/life`} &&
  mv -T ${`${guardFolder}.new`} ${guardFolder}`;

const stopped: Command = sh`{ ! pidof etcd kube-apiserver >/dev/null; }`;
export const healthy: Command = sh`{ ${etcdctl(sh`endpoint health`)} >/dev/null 2>&1; }`;

/**
 * Stops etcd and the API server, which would wait 30 s for its watchers: the kubelet starts nothing without a manifest. Their
 * containers are removed, because the kubelet waits longer with each one that ended, up to five minutes.
 */
export const stop: Command = sh`
  cd ${manifests} && rm -f ${guarded} && cd /
  ${nodeProgram("crictl")} ps -q --name '^(etcd|kube-apiserver)$' | xargs -r ${nodeProgram("crictl")} stop --timeout 3 >/dev/null 2>&1
  { ${waitFor(90, stopped)}; } && {
    ${nodeProgram("crictl")} ps -aq --name '^(etcd|kube-apiserver)$' | xargs -r ${nodeProgram("crictl")} rm --force >/dev/null 2>&1; true; }`;

/**
 * Starts both from their manifests in a folder, and waits until the API server is ready, which ends if it finds no etcd for
 * 20 s, and which the kubelet then starts again only minutes later. The controller manager and the
 * scheduler try less and less often while it is down, and are restarted (Kubernetes' "Restoring an etcd cluster"):
 * by removing their containers, since the kubelet waits longer with each one that ended.
 */
export const startFrom = (folder: string): Command => sh`
  cp -p ${`${folder}/etcd.yaml`} ${manifests}/ && { ${waitFor(90, healthy)}; } &&
  cp -p ${`${folder}/kube-apiserver.yaml`} ${manifests}/ && { ${waitFor(120, apiServerReady)}; } &&
  ${nodeProgram("crictl")} ps -aq --name '^(kube-controller-manager|kube-scheduler)$' | xargs -r ${nodeProgram("crictl")} rm --force >/dev/null`;

/** Starts both from their copied manifests. */
export const start: Command = startFrom(guardFolder);

/**
 * Moves the data of an etcd from the folder `from` into the folder `to`, which may be a mount. The old data is
 * kept until the new data is in its place, and restored if that fails.
 */
export const place = (from: Command, to: string): Command => sh`
  { [ -d ${from}/member ] && mkdir -p -m 700 ${to} && rm -rf ${`${to}/member.old`} &&
    { [ ! -e ${`${to}/member`} ] || mv -T ${`${to}/member`} ${`${to}/member.old`}; } &&
    if mv -T ${from}/member ${`${to}/member`}; then
      rm -rf ${`${to}/member.old`}
    else
      rm -rf ${`${to}/member`}; [ ! -e ${`${to}/member.old`} ] || mv -T ${`${to}/member.old`} ${`${to}/member`}; false
    fi; }`;

/** Within etcd's folder, so that the data need not cross from one file system to another. */
const restored = `${etcdData}/restored`;

/**
 * Replaces etcd's data by a snapshot. Revisions continue far above any that clients have seen, and all earlier
 * ones are compacted, so that no client continues with stale data (etcd's "Disaster recovery").
 */
export const restore = (snapshot: string): Command => sh`
  flag() { sed -n "s/^ *- \(--$1=.*\)/\1/p" ${`${guardFolder}/etcd.yaml`}; }
  mkdir -p -m 700 ${etcdData} && rm -rf ${restored} &&
  ${nodeProgram("etcdutl")} snapshot restore ${snapshot} --data-dir ${restored} "$(flag name)" "$(flag initial-cluster)" \
    "$(flag initial-advertise-peer-urls)" --bump-revision 1000000000 --mark-compacted >/dev/null &&
  ${place(sh`${restored}`, etcdData)} && rm -rf ${restored}`;

/**
 * Restores etcd and the API server from their copies, whatever was changed since. An etcd that was
 * started meanwhile may use older data, and clients that have seen later revisions wait for those
 * for ever: a restored snapshot of its current data makes them read everything again.
 */
export const mend: Command = sh`
  [ -d ${guardFolder} ] || exit 0
  same() { for file in ${guarded}; do cmp -s ${guardFolder}/"$file" ${manifests}/"$file" || return 1; done; }
  if ! { same && ${healthy} && ${apiServerReady}; }; then
    used=$(awk '/path:/ { path = $NF } /name: etcd-data/ { used = path } END { print used }' ${`${manifests}/etcd.yaml`} 2>/dev/null)
    ${stop} || exit 1
    case "$used" in
      ${etcdData}|"") ;;
      *) [ ! -e "$used/member" ] || { ${place(sh`"$used"`, etcdData)} && rmdir "$used" 2>/dev/null; } ;;
    esac
    [ -e ${`${etcdData}/member/snap/db`} ] || { ${restore(guardSnapshot)}; } || exit 1
    { ${start}; } || { { ${stop}; } && { ${restore(guardSnapshot)}; } && { ${start}; }; } || exit 1
  fi
  if ! ${isKeptLife}; then
    ${etcdctl(sh`snapshot save ${presentSnapshot}`)} >/dev/null && { ${stop}; } && { ${restore(presentSnapshot)}; } || exit 1
    { ${start}; } && ${keepLife} || exit 1
  fi
  ${otherData} | grep -vxF -f ${`${guardFolder}/folders`} | xargs -r rm -rf --one-file-system`;
