import { chmod, copyFile, mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** KUBECONFIG's first entry, else ~/.kube/config. */
export const kubeconfigPath = (env: NodeJS.ProcessEnv): string =>
  env.KUBECONFIG?.split(":").find((entry) => entry !== "") ?? join(homedir(), ".kube", "config");

/** Changes a kubeconfig atomically, with a backup of what was there before; a text that becomes "" removes the file. */
export async function updateKubeconfig(path: string, change: (text: string) => string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const old = await readFile(target, "utf8").catch(() => undefined);
  const text = change(old ?? "");
  if (text === (old ?? "")) return;
  if (old !== undefined) {
    await copyFile(target, `${target}.labwright-backup`);
    await chmod(`${target}.labwright-backup`, 0o600);
  }
  if (text === "") return rm(target, { force: true });
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const draft = `${target}.labwright-${process.pid}`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, target);
}
