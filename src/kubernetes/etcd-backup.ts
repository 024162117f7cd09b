import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { etcdData, runningEtcdctl, runningProgram } from "./etcd.ts";
import { jsonOf } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";

/** Within etcd's folder, so that data need not cross from one file system to another. */
const folder = `${etcdData}/labwright`;
const saved = `${folder}/saved.db`;
/** The snapshot that is restored, as it was sent. */
export const sentSnapshot = `${folder}/snapshot.db`;
/** The restored data; the data that it replaces; restored data of an earlier run that did not come to its end. */
const [made, before, unproven] = ["new", "before", "unproven"].map((name) => `${folder}/${name}`) as [
  string,
  string,
  string,
];
/** Exists when the data in `before` has been replaced. */
const replaced = `${folder}/replaced`;
/** A copy of etcd's own, for when etcd does not run. */
const etcdutl = `${folder}/etcdutl`;

const member = `${etcdData}/member`;
const manifest = "/etc/kubernetes/manifests/etcd.yaml";

/** How far a restored cluster's revisions are above all that clients have seen (etcd's "Disaster recovery"). */
const bump = 1_000_000_000;

const healthy: Command = sh`{ ${runningEtcdctl(sh`endpoint health`)} >/dev/null 2>&1; }`;
const endpointStatus = runningEtcdctl(sh`endpoint status -w json`);

/** Copies etcdutl from the running etcd; without one, an earlier copy or an installed one is used. */
const provideEtcdutl: Command = sh`
  mkdir -p -m 700 ${folder} &&
  if pidof etcd >/dev/null; then cp ${runningProgram("etcdutl")} ${`${etcdutl}.new`} && mv ${`${etcdutl}.new`} ${etcdutl}
  elif [ ! -x ${etcdutl} ]; then cp ${nodeProgram("etcdutl")} ${etcdutl}; fi`;

/** What `etcdutl snapshot status` prints of a file. */
export interface SnapshotStatus {
  hash: number;
  revision: number;
  totalKey: number;
}

/** Takes a snapshot of the running etcd and prints its status as JSON. */
export const takeSnapshot: Command = sh`
  pidof etcd >/dev/null || { echo "etcd does not run" >&2; exit 1; }
  { ${provideEtcdutl}; } && rm -f ${saved} ${`${saved}.part`} &&
  ${runningEtcdctl(sh`snapshot save ${saved}`)} >/dev/null &&
  ${etcdutl} snapshot status ${saved} -w json`;

/** Prints the size in bytes and the SHA-256 of the snapshot that was taken: `123 abc…`. */
export const measureSnapshot: Command = sh`echo "$(stat -c %s ${saved}) $(sha256sum ${saved} | cut -c 1-64)"`;

/** Prints a part of the snapshot that was taken, packed by gzip, in base64. */
export const readSnapshot = (offset: number, size: number): Command =>
  sh`tail -c ${`+${offset + 1}`} ${saved} | head -c ${size} | gzip -1 | base64 -w 0`;

export const forgetSnapshot: Command = sh`rm -f ${saved}`;

/** Questions about a control plane, before a snapshot of it or into it. */
export const backupQuestions = {
  /** The SHA-256 of the cluster's CA, which stays the same when other certificates are renewed. */
  cluster: sh`sed -n '/-BEGIN CERT/,/-END CERT/p' /etc/kubernetes/pki/ca.crt | sed '/^-/d' | base64 -d | sha256sum | cut -c 1-64`,
  kubernetes: sh`sed -n 's/^ *image: .*kube-apiserver:v//p' /etc/kubernetes/manifests/kube-apiserver.yaml`,
  flags: sh`sed -n 's/^ *- --//p' ${manifest}`,
};

/** Questions about etcd on a control plane. */
export const etcdQuestions = {
  status: endpointStatus,
  healthy,
  interrupted: sh`ls -d ${[before, unproven]} 2>/dev/null`,
};

interface EndpointStatus {
  Status: {
    header: { revision: number };
    version: string;
    dbSize: number;
    dbSizeInUse: number;
    dbSizeQuota?: number;
    errors?: string[];
  };
}

export interface EtcdStatus {
  version: string;
  revision: number;
  /** In bytes. */
  size: number;
  quota?: number;
  isLeader: boolean;
  errors: string[];
}

/** The answer to `etcdctl endpoint status -w json`; undefined if etcd does not answer. Ids are too large for numbers. */
export function etcdStatusIn(output: Output): EtcdStatus | undefined {
  const [one] = jsonOf<EndpointStatus[]>(output) ?? [];
  if (!one) return undefined;
  const { header, version, dbSize, dbSizeQuota, errors } = one.Status;
  const id = (name: string) => new RegExp(`"${name}":(\\d+)`).exec(output.stdout)?.[1];
  return {
    ...{ version, revision: header.revision, size: dbSize },
    ...(dbSizeQuota !== undefined && { quota: dbSizeQuota }),
    isLeader: id("leader") === id("member_id"),
    errors: errors ?? [],
  };
}

/** A member of etcd, as its manifest names it. */
export interface Member {
  name: string;
  peers: string;
}

export function memberIn({ stdout }: Output): Member | undefined {
  const flag = (name: string) => new RegExp(`^${name}=(.+)$`, "m").exec(stdout)?.[1];
  const [name, peers] = [flag("name"), flag("initial-advertise-peer-urls")];
  return name && peers ? { name, peers } : undefined;
}

/**
 * Before anything stops: prints the status of the sent snapshot, and then the highest revision of the current data, a line of
 * JSON each. What an earlier run put aside is removed if etcd works with what it restored.
 */
export const inspectSent: Command = sh`
  { ${provideEtcdutl}; } && chmod 700 ${folder} && rm -rf ${made} && ${etcdutl} snapshot status ${sentSnapshot} -w json && echo || exit 1
  if ${healthy}; then
    [ ! -e ${replaced} ] || rm -rf ${[before, unproven, replaced]}
    ${endpointStatus}
  else
    for data in ${[member, `${before}/member`, `${unproven}/member`]}; do
      [ ! -e "$data/snap/db" ] || { timeout 30 ${etcdutl} snapshot status "$data/snap/db" -w json && echo; }
    done
  fi
  true`;

/** The revision that current data has at most, in the lines after the first that `inspectSent` prints; 0 if unknown. */
export const highestRevision = (lines: readonly string[]): number =>
  Math.max(
    0,
    ...lines.flatMap((line) => [...line.matchAll(/"revision":(\d+)/g)].map(([, digits]) => Number(digits))),
  );

export interface Restoration {
  member: Member;
  /** All members of the cluster, with this one. */
  members: readonly Member[];
  /** What the restored members recognise each other by, so that they never speak with members that were not restored. */
  token: string;
  /** The revision of the snapshot, and the highest that clients may have seen. */
  revision: number;
  seen: number;
}

/** The first revision of the restored data. */
export const restoredRevision = ({ revision, seen }: Pick<Restoration, "revision" | "seen">): number =>
  Math.max(revision, seen) + bump;

/** While etcd still runs: makes the data of a member from the sent snapshot, beside its current data. */
export const makeData = ({ member, members, token, revision, seen }: Restoration): Command => sh`
  ${etcdutl} snapshot restore ${sentSnapshot} --data-dir ${made} --name ${member.name} \
    --initial-cluster ${members.map(({ name, peers }) => `${name}=${peers}`).join(",")} --initial-cluster-token ${token} \
    --initial-advertise-peer-urls ${member.peers} --bump-revision ${restoredRevision({ revision, seen }) - revision} --mark-compacted >/dev/null`;

/**
 * While etcd is stopped: replaces its data by the data that was made. The old data is put aside; data that an earlier run
 * has put aside stays, and what that run restored is kept as unproven.
 */
export const replaceData: Command = sh`
  [ -d ${`${made}/member`} ] || { echo "there is no restored data" >&2; exit 1; }
  trap '' HUP INT TERM PIPE
  if [ -e ${member} ]; then
    aside=${before}
    if [ -e ${`${before}/member`} ]; then aside=${unproven}; rm -rf ${unproven}; fi
    mkdir -p -m 700 "$aside" && mv -T ${member} "$aside/member" || exit 1
  fi
  mv -T ${`${made}/member`} ${member} && touch ${replaced} && rm -rf ${made}`;

/** Takes back what `replaceData` did: etcd works with its old data again. */
export const putBack: Command = sh`
  [ -d ${`${before}/member`} ] || exit 0
  trap '' HUP INT TERM PIPE
  rm -rf ${made} && { [ ! -e ${member} ] || mv -T ${member} ${made}; } && mv -T ${`${before}/member`} ${member} &&
    rm -rf ${[made, before, replaced]}`;

/** After the restored data has proven to work: removes the old data and the sent snapshot. */
export const forgetOldData: Command = sh`rm -rf ${[before, unproven, replaced, made, sentSnapshot]}`;
