import { type Command, sh } from "../hosts/sh.ts";
import {
  guardFolder,
  healthy,
  isKeptLife,
  keepLife,
  mend,
  runningEtcdctl,
  start,
  startFrom,
  stop,
} from "./etcd.ts";

/** The manifests of an etcd with a quota and of its API server, the quota in bytes, and whether etcd has reached it. */
const folder = "/var/lib/labwright/etcd-quota";
const quotaFile = `${folder}/quota`;
const filled = `${folder}/filled`;

const mebibyte = 1_048_576;

/** Below etcd's limit of 1.5 MiB for one request, in base64. */
const valueSize = 900_000;

/** Prints etcd's status as JSON, and the quota that it was given. */
export const etcdSpaceQuestions = {
  status: runningEtcdctl(sh`endpoint status -w json`),
  quota: sh`cat ${quotaFile}`,
};

export const isFilled: Command = sh`test -e ${filled}`;

/** After `guard`: restarts etcd with a quota of so many MiB above its database's size. */
export const limitEtcd = (room: number): Command => sh`
  mkdir -p -m 700 ${folder} && cp -p ${guardFolder}/*.yaml ${folder}/ || exit 1
  if [ ! -s ${quotaFile} ]; then
    size=$(${etcdSpaceQuestions.status} | sed -n 's/.*"dbSize":\([0-9]*\).*/\1/p') && [ -n "$size" ] || exit 1
    echo $((size + ${room} * ${mebibyte})) >${quotaFile}
  fi
  sed -i "/--quota-backend-bytes=/d; s|^\( *\)- etcd\$|&\n\1- --quota-backend-bytes=$(cat ${quotaFile})|" ${`${folder}/etcd.yaml`} || exit 1
  { ${stop}; } && { ${startFrom(folder)}; } && ${keepLife}`;

/** Writes a key again and again until etcd refuses it: almost all of the space is then the key's history. */
export const fillEtcd = (key: string): Command => sh`
  for round in $(seq 1000); do
    head -c ${valueSize} /dev/urandom | base64 -w 0 | ${runningEtcdctl(sh`put ${key}`)} >/dev/null 2>&1 || break
  done
  ${runningEtcdctl(sh`alarm list`)} | grep -q NOSPACE && touch ${filled}`;

/** Removes the history of all keys, gives the space back to the disk, and lets etcd write again. */
export const makeRoom: Command = sh`
  revision=$(${etcdSpaceQuestions.status} | sed -n 's/.*"revision":\([0-9]*\).*/\1/p')
  ${runningEtcdctl(sh`compact --physical`)} "$revision" >/dev/null 2>&1
  ${runningEtcdctl(sh`defrag`)} >/dev/null && ${runningEtcdctl(sh`alarm disarm`)} >/dev/null`;

/** Removes the key with its history, if etcd answers; with an alarm its health check fails. */
export const freeEtcd = (key: string): Command => sh`
  if ${etcdSpaceQuestions.status} >/dev/null 2>&1; then
    ${runningEtcdctl(sh`del ${key}`)} >/dev/null
    ${makeRoom}
  fi`;

/** Starts etcd as `guard` found it; one that somebody else started meanwhile may have older data. */
export const unlimitEtcd: Command = sh`
  if [ -d ${guardFolder} ] && ${healthy} && ${isKeptLife}; then
    { ${stop}; } && { ${start}; } && ${keepLife} || exit 1
  fi
  ( ${mend} ) && rm -rf ${folder}`;
