import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Internet, startInternet } from "../upstream/internet.ts";
import { makeNamespace } from "../upstream/network/namespace.ts";
import type { Line } from "../upstream/network/proxy.ts";
import { type Computer, type ComputerOptions, startComputer } from "./upstream-computer.ts";
import type { Imitation } from "./upstream-imitation.ts";

export interface OfficeOptions extends Pick<ComputerOptions, "engine" | "user"> {
  /** The lab's workers. */
  workers?: readonly string[];
  line?: Line;
}

/** A computer in a network whose one way out is a proxy to upstream's places, with a lab file that names none of them. */
export interface Office {
  internet: Internet;
  computer: Computer;
  inside(machine: string, script: string): Promise<string>;
  close(): Promise<void>;
}

let offices = 0;

export async function startOffice(
  imitation: Imitation,
  { line, workers = ["w1"], ...options }: OfficeOptions,
): Promise<Office> {
  const ends: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const network = await makeNamespace(`lw-office-${process.pid}-${++offices}`);
    ends.push(network.close);
    const internet = await startInternet({ host: network.outside, ...imitation, ...(line && { line }) });
    ends.push(internet.close);
    const computer = await startComputer({ network, environment: internet.environment, ...options });
    ends.push(computer.close, () => computer.run(["down"]));
    // The repositories' keys are the test's; nothing else differs from a lab file that a person writes.
    await writeFile(
      join(computer.folder, "home/lab.yaml"),
      `name: office
mirrors: { keys: [${imitation.fingerprint}] }
machines:
  - { name: cp, role: control-plane }
${workers.map((name) => `  - { name: ${name}, role: worker }\n`).join("")}`,
    );
    const inside: Office["inside"] = (machine, script) =>
      computer.docker("exec", `labwright-office.${machine}`, "bash", "-c", script);
    return { internet, computer, inside, close };
  } catch (error) {
    await close();
    throw error;
  }
}
