import type { Activity } from "../../src/engine/activity.ts";
import { parseLab } from "../../src/lab/load.ts";
import type { Lab } from "../../src/lab/types.ts";

/** A lab of two machines. */
export function labIn(name: string, cloud = "bootLimit: 1m"): Lab {
  const machines = "[{ name: cp, role: control-plane }, { name: jump_host, role: jump-host, user: thor }]";
  const text = `name: ${name}\nprovider: pulumi\nsource: modules\nmachines: ${machines}\ncloud: { ${cloud} }\nplaybooks: []\n`;
  const parsed = parseLab(text, "lab.yaml", { knownPlaybooks: [] });
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.lab;
}

export const quiet: Activity = {
  note: () => {},
  child: (_kind, _title, work) => work(quiet, () => {}),
};
