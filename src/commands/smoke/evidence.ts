import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runtimeOf } from "../../components/runtime/runtimes.ts";
import { messageOf } from "../../errors.ts";
import { type Command, sh } from "../../hosts/sh.ts";
import { kubectl } from "../../kubernetes/kubectl.ts";
import { nodeProgram } from "../../kubernetes/node-programs.ts";
import { isControlPlane } from "../../lab/roles.ts";
import type { Lab } from "../../lab/types.ts";
import { connectInventory } from "../../session/inventory.ts";
import type { Session } from "../../session/session.ts";
import { count } from "../../wording.ts";

/** Of every machine: file → the command whose output fills it. None contains a key, a token or a kubeconfig. */
const ofMachines = ({ cluster }: Lab): Record<string, Command> => ({
  "units.txt": sh`systemctl --failed --no-legend; systemctl status --no-pager ${runtimeOf(cluster).unit} kubelet ssh`,
  "journal.txt": sh`journalctl --no-pager --lines 1500`,
  "containers.txt": sh`${nodeProgram("crictl")} ps --all`,
  "network.txt": sh`ip -brief address; ip route; df -h; free -m`,
  "cloud-init.txt": sh`cloud-init status --long; tail -n 200 /var/log/cloud-init-output.log`,
});

/** Of the cluster. */
const ofCluster: Record<string, Command> = {
  "nodes.txt": kubectl(sh`get nodes -o wide`),
  "nodes-described.txt": kubectl(sh`describe nodes`),
  "pods.txt": kubectl(sh`get pods --all-namespaces -o wide`),
  "pods-described.txt": kubectl(sh`describe pods --all-namespaces`),
  "events.txt": kubectl(sh`get events --all-namespaces --sort-by=.lastTimestamp`),
};

/** Collects logs and the cluster's state into `folder`, from every running machine. Returns, in words, what there is. */
export async function collect(session: Session, folder: string): Promise<string[]> {
  const { lab, provider, signal } = session;
  const inventory = await connectInventory(lab, provider, signal);
  const there = inventory.found.filter(({ running }) => running).map(({ name }) => name);
  const collectFrom = async (machine: string): Promise<void> => {
    const hasCluster = lab.machines.some((one) => one.name === machine && isControlPlane(one));
    const wanted = { ...ofMachines(lab), ...(hasCluster ? ofCluster : {}) };
    await mkdir(join(folder, machine), { recursive: true });
    try {
      const host = await inventory.host(machine);
      for (const [file, command] of Object.entries(wanted)) {
        const { stdout, stderr } = await host.run(command, { accept: "any", timeout: 30_000 });
        await writeFile(join(folder, machine, file), `${stdout}${stderr}`);
      }
    } catch (error) {
      await writeFile(join(folder, machine, "unreachable.txt"), `${messageOf(error)}\n`);
    }
  };
  try {
    await Promise.all(there.map(collectFrom));
  } finally {
    await inventory.close();
  }
  return [`logs of ${count(there.length, "machine")} in ${folder}`];
}
