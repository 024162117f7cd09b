import { LabwrightError } from "../errors.ts";
import { sh } from "../hosts/sh.ts";
import { addContext, fromAdminConf } from "../kubeconfig/context.ts";
import { adminConf } from "../steps/shared/kubectl.ts";
import { controlPlaneOf } from "../steps/shared/lab.ts";
import { print } from "../ui/print.ts";
import { type LabOptions, openSession } from "./shared/session.ts";
import { openWorld } from "./shared/world.ts";

/** Prints a kubeconfig with the lab's context alone, for other tools and other people. */
export async function kubeconfig(options: LabOptions): Promise<void> {
  const { lab, provider, signal } = await openSession(options);
  const world = await openWorld(lab, provider, signal);
  try {
    const name = controlPlaneOf(lab);
    const host = await world.host(name);
    const place = world.reach(name, 6443);
    if (place === undefined) {
      throw new LabwrightError({
        code: "api-unreachable",
        message: `the API server of ${lab.name} cannot be reached from this computer`,
        remedy: "work on the control plane itself: `labwright ssh`",
      });
    }
    const { stdout } = await host.run(sh`cat ${adminConf}`);
    print(addContext("", fromAdminConf(stdout, lab.name, `https://${place}`)));
  } finally {
    await world.close();
  }
}
