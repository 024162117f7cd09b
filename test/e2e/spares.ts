import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { labFolder } from "../../src/paths.ts";
import { outputOf, type Ran, type TestLab } from "./support.ts";

/** What `spare list --json` prints. */
export interface Listed {
  live: string;
  wanted: number;
  spares: { set: string; flaw?: string }[];
  maker?: { pid: number };
}

export const listedSpares = async (lab: TestLab): Promise<Listed> =>
  JSON.parse((await outputOf(lab, ["spare", "list", "--json"])).replace(/^[^{]*/, ""));

/** Waits for the process in the background that makes the next spare. */
export async function refilled(lab: TestLab): Promise<Listed> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const now = await listedSpares(lab);
    if (!now.maker && now.spares.some(({ flaw }) => flaw === undefined)) return now;
    await sleep(1000);
  }
  return assert.fail(await readFile(join(labFolder(lab.name), "spares/refill.log"), "utf8"));
}

/** This computer's kubectl and ssh lead to the lab's machines cp and w1, with the host key that was always there. */
export async function leadsThere({ name, kubeconfig }: TestLab): Promise<void> {
  const nodes = await localHost().run(
    sh`KUBECONFIG=${kubeconfig} kubectl --context ${name} get nodes --output name`,
  );
  assert.equal(nodes.stdout, "node/cp\nnode/w1\n");
  const config = join(labFolder(name), "ssh_config");
  const login = await localHost().run(sh`ssh -F ${config} -o BatchMode=yes w1 hostname`);
  assert.equal(login.stdout, "w1\n");
}

/** The line of a reset that names its way and its time. */
export const told = ({ output }: Ran): string => /^Reset .*$/m.exec(output)?.[0] ?? output;

/** What root does to a control plane that no repair puts back. */
export const destroyed =
  "rm -rf /var/lib/etcd /etc/kubernetes/pki; pkill -9 etcd; systemctl stop --no-block kubelet; pkill -9 kubelet; true";

/** The host keys in a file of known hosts. */
export const hostKeysIn = async (lab: TestLab): Promise<ReadonlySet<string>> =>
  new Set((await readFile(join(labFolder(lab.name), "known_hosts"), "utf8")).match(/ssh-ed25519 \S+/g));
