import { open } from "../../src/providers/pulumi/provider.ts";
import { labIn, quiet } from "./lab.ts";

/** A run to be killed: makes the lab of its one argument in the cloud that the environment names. */
const provider = await open(labIn(process.argv[2] ?? ""));
await provider.make({ activity: quiet, signal: AbortSignal.any([]) });
