import type { Lab } from "../../src/lab/types.ts";
import { create } from "./providers-lab.ts";

/** A run to be killed: its one message is the lab that it is to make. */
process.once("message", async (lab: Lab) => {
  await create(lab);
  process.exit(0);
});
