import { runProgram } from "./program.ts";
import { listedImages } from "./sets.ts";

/**
 * The images that a kubeadm wants for a release, as `kubeadm` itself says. `version` without a `v`: `1.36.3`; naming it
 * keeps kubeadm from asking the internet for the newest one.
 */
export async function kubeadmImages(
  kubeadm: string,
  version: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const args = ["config", "images", "list", "--kubernetes-version", `v${version}`];
  return listedImages(await runProgram(kubeadm, args, { signal, timeout: 60_000 }));
}
