import { knownPlaybooks } from "../engine/playbook.ts";
import { loadLab } from "../lab/load.ts";
import { vagrantMachines } from "../providers/vagrant/machines.ts";
import { printJson } from "../ui/print.ts";
import { type LabOptions, labFile } from "./shared/session.ts";

/** Prints the lab's machines as JSON, for the Vagrantfile and for scripts. Asks nobody. */
export async function machines(options: LabOptions): Promise<void> {
  const lab = await loadLab(labFile(options), { knownPlaybooks: await knownPlaybooks(), ...options });
  printJson(vagrantMachines(lab), 2);
}
