import { exitCode, LabwrightError } from "../errors.ts";
import { loadLab } from "../lab/load.ts";
import type { Lab } from "../lab/types.ts";
import { knownPlaybooks } from "../playbooks/load.ts";
import { vagrantMachines } from "../providers/vagrant/machines.ts";
import { type LabOptions, labFile } from "../session/session.ts";
import { printJson } from "../ui/print.ts";

/** Prints the lab's machines as JSON, for the Vagrantfile, with the addresses that Vagrant gives them. Connects to nothing. */
export async function machines(options: LabOptions): Promise<void> {
  const lab = await loadLab(labFile(options), { knownPlaybooks: await knownPlaybooks(), ...options });
  if (lab.provider !== "vagrant") throw notVagrants(lab);
  printJson(vagrantMachines(lab), 2);
}

/** The addresses would differ from those of the lab's machines. */
const notVagrants = ({ name, provider }: Lab): LabwrightError =>
  new LabwrightError({
    code: "machines-not-vagrants",
    message: `\`labwright machines\` prints what Vagrant needs, and the lab ${name} has the provider ${provider}`,
    remedy:
      "Run `labwright status --json` for the machines that there are, or add `--provider vagrant` for those that Vagrant would make.",
    exit: exitCode.usage,
  });
