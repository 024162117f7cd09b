import { messageOf } from "../../errors.ts";
import { assertNotInterrupted } from "../../interruption.ts";
import { daysLeft } from "../../kubernetes/certificates.ts";
import { readCertificates } from "../../kubernetes/node-certificates.ts";
import { controlPlaneOf, nodesOf } from "../../lab/roles.ts";
import { connectInventory } from "../../session/inventory.ts";
import { type LabOptions, openSession } from "../../session/session.ts";
import { print, printJson } from "../../ui/print.ts";
import { certificatesText, type NodeCertificates } from "./text.ts";

/** Lists the certificates of every node, and warns of those that end soon. Changes nothing. */
export async function certsStatus(options: LabOptions): Promise<void> {
  const { lab, provider, signal } = await openSession(options);
  controlPlaneOf(lab);
  const inventory = await connectInventory(lab, provider, signal);
  try {
    const nodes = await Promise.all(
      nodesOf(lab).map(async (machine): Promise<NodeCertificates> => {
        const { name, role } = machine;
        const why = inventory.absent.get(name);
        if (why !== undefined) return { name, role, why, certificates: [] };
        try {
          return {
            ...{ name, role },
            certificates: await readCertificates(await inventory.host(name), machine, signal),
          };
        } catch (error) {
          assertNotInterrupted(signal);
          return { name, role, why: messageOf(error), certificates: [] };
        }
      }),
    );
    if (!options.json) return print(certificatesText(nodes));
    const machines = nodes.map(({ certificates, ...node }) => ({
      ...node,
      certificates: certificates.map((one) => ({ ...one, days: daysLeft(one) })),
    }));
    printJson({ lab: lab.name, machines }, 2);
  } finally {
    await inventory.close();
  }
}
