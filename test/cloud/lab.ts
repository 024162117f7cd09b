import type { Activity } from "../../src/activity/activity.ts";
import type { ArtifactStore } from "../../src/artifacts/lazy.ts";
import { parseLab } from "../../src/lab/load.ts";
import type { Lab } from "../../src/lab/types.ts";
import { open } from "../../src/providers/pulumi/provider.ts";
import type { MachineInfo } from "../../src/providers/types.ts";

const twoMachines = "[{ name: cp, role: control-plane }, { name: jump_host, role: jump-host, user: thor }]";

/** A jump host that labwright cannot be root on, and a machine behind it that asks for a password. */
export const jumpMachines =
  "[{ name: jump_host, role: jump-host, user: thor, sudo: none }, { name: cp, role: control-plane, user: tony, via: jump_host, sudo: password, login: [key, password] }]";

/** A lab of two machines. */
export function labIn(name: string, cloud = "bootLimit: 1m", machines = twoMachines, playbooks = "[]"): Lab {
  const text = `name: ${name}\nprovider: pulumi\nsource: modules\nmachines: ${machines}\ncloud: { ${cloud} }\nplaybooks: ${playbooks}\n`;
  const parsed = parseLab(text, "lab.yaml", { knownPlaybooks: ["cluster"] });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.lab;
}

export const quiet: Activity = {
  note: () => {},
  expect: () => {},
  child: (_kind, _title, work) => work(quiet, () => {}),
};

/** Makes what is missing of a lab, and gives it its logins, as `up` does; says what is there then. */
export async function createIn(lab: Lab): Promise<MachineInfo[]> {
  const provider = await open(lab);
  const running = (await provider.list()).filter((one) => one.running && !one.lacks).map(({ name }) => name);
  const machines = lab.machines.filter(({ name }) => !running.includes(name));
  // A cloud's machines start from the cloud's own images.
  const artifacts = undefined as unknown as ArtifactStore;
  await provider.create({ machines, artifacts, activity: quiet, signal: AbortSignal.any([]) });
  return provider.list();
}
