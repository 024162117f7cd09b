import { open } from "../../src/providers/pulumi/provider.ts";
import { createIn, jumpMachines, labIn, quiet } from "./lab.ts";

/** A run to be killed: makes the lab of its first argument in the cloud that the environment names; `logins`: and gives it its logins. */
const [name = "", logins] = process.argv.slice(2);
if (logins === undefined)
  await (await open(labIn(name))).make({ activity: quiet, signal: AbortSignal.any([]) });
else await createIn(labIn(name, undefined, jumpMachines));
