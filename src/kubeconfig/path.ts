import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { isCode } from "../errors.ts";
import { entryName } from "./entries.ts";

const filesOf = (env: NodeJS.ProcessEnv): string[] => [
  ...new Set((env.KUBECONFIG ?? "").split(delimiter).filter((entry) => entry !== "")),
];

/**
 * The kubeconfig that has, or gets, a lab's context, by kubectl's own rules (client-go, tools/clientcmd/config.go:
 * ModifyConfig, PathOptions.GetDefaultFilename): of the files in KUBECONFIG the one that has the entry, else the first that
 * exists, else the last; without KUBECONFIG ~/.kube/config.
 */
export function kubeconfigPath(env: NodeJS.ProcessEnv, lab: string): string {
  const files = filesOf(env);
  const [only = join(env.HOME || homedir(), ".kube", "config")] = files;
  if (files.length < 2) return only;
  return (
    files.find((file) => mentions(file, lab)) ??
    files.find((file) => existsSync(file)) ??
    files.at(-1) ??
    only
  );
}

/** Whether a file contains anything of a lab, also if it is not YAML; undefined if it cannot be read. */
export function mentions(file: string, lab: string): boolean | undefined {
  try {
    // Reading a pipe or a device would not end.
    if (!statSync(file).isFile()) return false;
    return readFileSync(file, "utf8")
      .split(/[^\w.-]+/)
      .includes(entryName(lab));
  } catch (error) {
    return isCode(error, "ENOENT", "ENOTDIR") ? false : undefined;
  }
}
