import { type Command, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { readYaml } from "../lab/yaml.ts";
import type { Argument, Volume } from "./kubeadm-config.ts";
import { kubectl } from "./kubectl.ts";
import { nodeProgram } from "./node-programs.ts";
import { valuesAt } from "./objects.ts";

/** A program of the control plane, as kubeadm's configuration has it. */
export interface PodSettings {
  extraArgs?: Argument[];
  extraVolumes?: Volume[];
}

export const manifestOf = (program: string): string => `/etc/kubernetes/manifests/${program}.yaml`;

const flag = ({ name, value }: Argument): string => `--${name}=${value}`;

const mount = ({ name, hostPath, mountPath, readOnly }: Volume): string =>
  `${hostPath} at ${mountPath} (${name}${readOnly ? ", read-only" : ""})`;

const manifestIn = ({ code, stdout }: Output, program: string): unknown => {
  if (code !== 0) return undefined;
  try {
    return readYaml(stdout, manifestOf(program)).value;
  } catch {
    return undefined;
  }
};

const containerPath = ["spec", "containers", "*"];

/** The arguments in a static pod's manifest: `--v=2`. */
export const argumentsIn = (manifest: Output, program: string): string[] =>
  valuesAt(manifestIn(manifest, program), [...containerPath, "command", "*"]).filter(
    (one): one is string => typeof one === "string" && one.startsWith("--"),
  );

/** The release in a static pod's image: `1.36.3`. */
export const releaseIn = (manifest: Output, program: string): string | undefined => {
  const [image] = valuesAt(manifestIn(manifest, program), [...containerPath, "image"]);
  return typeof image === "string" ? /:v(\d+\.\d+\.\d+)/.exec(image)?.[1] : undefined;
};

function mountsIn(manifest: unknown): string[] {
  const paths = new Map(
    valuesAt(manifest, ["spec", "volumes", "*"]).map((one) => {
      const [name, path] = [valuesAt(one, ["name"])[0], valuesAt(one, ["hostPath", "path"])[0]];
      return [name, String(path)];
    }),
  );
  return valuesAt(manifest, [...containerPath, "volumeMounts", "*"]).map((one) => {
    const [name] = valuesAt(one, ["name"]);
    const [mountPath] = valuesAt(one, ["mountPath"]);
    const readOnly = valuesAt(one, ["readOnly"])[0] === true;
    return mount({
      name: String(name),
      hostPath: paths.get(name) ?? "",
      mountPath: String(mountPath),
      readOnly,
    });
  });
}

/** How a static pod differs from its settings; `applied` are those that it was made with, as far as they are known. */
export function podDifferences(
  program: string,
  manifest: Output,
  wanted: PodSettings,
  applied: PodSettings | undefined,
): string[] {
  const found = manifestIn(manifest, program);
  if (found === undefined) return [`${manifestOf(program)} is missing, or cannot be read`];
  const flags = (wanted.extraArgs ?? []).map(flag);
  const mounts = (wanted.extraVolumes ?? []).map(mount);
  const [presentFlags, presentMounts] = [argumentsIn(manifest, program), mountsIn(found)];
  return [
    ...without(flags, presentFlags).map((one) => `${program} runs without ${one}`),
    ...without((applied?.extraArgs ?? []).map(flag), flags).map(
      (one) => `${program} runs with ${one}, which the lab file does not name`,
    ),
    ...without(mounts, presentMounts).map((one) => `${program} does not see ${one}`),
    ...without((applied?.extraVolumes ?? []).map(mount), mounts).map(
      (one) => `${program} sees ${one}, which the lab file does not name`,
    ),
  ];
}

const without = (all: readonly string[], others: readonly string[]): string[] =>
  all.filter((one) => !others.includes(one));

/** Prints how many seconds a program has been running for, then its arguments, one a line. */
export const askProcess = (program: string): Command =>
  sh`pid=$(pidof -s ${program}) && ps -o etimes= -p "$pid" && tr '\0' '\n' <"/proc/$pid/cmdline"`;

/** Whether the process has exactly these arguments, and has been running for some seconds: a wrong one ends at once. */
export function runsWith({ code, stdout }: Output, wanted: readonly string[]): boolean {
  const [seconds, ...rest] = stdout.split("\n");
  const found = rest.filter((one) => one.startsWith("--"));
  return (
    code === 0 &&
    Number(seconds) >= 4 &&
    without(wanted, found).length === 0 &&
    without(found, wanted).length === 0
  );
}

/** Succeeds if the API server knows the program's container that runs: until then it has the state of the former one. */
export const isReported = (program: string): Command =>
  sh`id=$(${nodeProgram("crictl")} ps -q --state running --name ${`^${program}$`}) && [ -n "$id" ] &&
    ${kubectl(sh`-n kube-system get pods -l component=${program} -o ${"jsonpath={.items[*].status.containerStatuses[*].containerID}"}`)} | grep -qF "$id"`;

/** The identifiers of a program's containers that have ended. */
export const endedContainers = (program: string): Command =>
  sh`${nodeProgram("crictl")} ps -aq --state exited --name ${`^${program}$`}`;

export const removeEnded = (program: string): Command =>
  sh`${endedContainers(program)} | xargs -r ${nodeProgram("crictl")} rm >/dev/null`;

/** The last lines that a container wrote. */
export const lastLines = (container: string): Command =>
  sh`${nodeProgram("crictl")} logs --tail 12 ${container} 2>&1 | cut -c 1-400`;
