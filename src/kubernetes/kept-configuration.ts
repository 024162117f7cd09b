import { isDeepStrictEqual } from "node:util";
import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { isRecord, valueAt } from "../lab/finding.ts";
import { documentOf } from "./kubeadm-config.ts";
import { ask, jsonOf, type List } from "./kubectl.ts";

interface ConfigMap {
  metadata: { name: string };
  data?: Record<string, string>;
}

/** Asks for the configurations that the cluster keeps: machines that join, upgrades and kubelets use them. */
export const askKept: Command = ask(sh`-n kube-system get configmap kubeadm-config kubelet-config -o json`);

const argumentPaths = {
  "kube-apiserver": ["apiServer", "extraArgs"],
  "kube-controller-manager": ["controllerManager", "extraArgs"],
  "kube-scheduler": ["scheduler", "extraArgs"],
  etcd: ["etcd", "local", "extraArgs"],
};

/** A kept document; undefined if the API server does not answer. */
function keptDocument(kept: Output, map: string, kind: string): Record<string, unknown> | undefined {
  const maps = jsonOf<List<ConfigMap>>(kept)?.items;
  const data = maps?.find(({ metadata }) => metadata.name === map)?.data ?? {};
  return Object.values(data)
    .map((text) => documentOf(text, kind))
    .find((one) => one !== undefined);
}

/** The programs whose arguments in the kept ClusterConfiguration are not the wanted ones. */
export function otherArguments(kept: Output, wanted: Record<string, unknown>): string[] {
  const found = keptDocument(kept, "kubeadm-config", "ClusterConfiguration");
  return Object.entries(argumentPaths)
    .filter(
      ([, path]) => found && !isDeepStrictEqual(valueAt(found, path) ?? [], valueAt(wanted, path) ?? []),
    )
    .map(([program]) => program);
}

/** The wanted fields that the kept KubeletConfiguration does not have. */
export function otherFields(kept: Output, wanted: Record<string, unknown>): string[] {
  const found = keptDocument(kept, "kubelet-config", "KubeletConfiguration");
  return Object.keys(wanted).filter((key) => found && !contains(found[key], wanted[key]));
}

const zeroValues = [0, false, "", [], {}];

/** Whether a value has all that is wanted: what is read from the cluster has defaults besides. */
function contains(found: unknown, wanted: unknown): boolean {
  // Go leaves a field out that has its type's zero value.
  if (found === undefined && zeroValues.some((zero) => isDeepStrictEqual(zero, wanted))) return true;
  if (isRecord(wanted))
    return isRecord(found) && Object.entries(wanted).every(([key, one]) => contains(found[key], one));
  return isDeepStrictEqual(plain(found), plain(wanted));
}

/** Durations are kept in another form than people write them: 90s is 1m30s. */
function plain(value: unknown): unknown {
  if (typeof value !== "string" || !/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(value)) return value;
  const seconds = { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };
  return [...value.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * seconds[unit as keyof typeof seconds],
    0,
  );
}
