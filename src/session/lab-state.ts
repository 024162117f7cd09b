import { LabwrightError } from "../errors.ts";
import { type LabOptions, openSession } from "./session.ts";

/** What the machines of a lab do, in words: `2 of 3 run`. Logs in to none of them. */
export async function labState(options: LabOptions): Promise<string> {
  try {
    const { lab, provider } = await openSession(options);
    const found = await provider.list();
    const running = found.filter((machine) => machine.running).length;
    if (found.length === 0) return "not made";
    if (found.some(({ paused }) => paused)) return "paused";
    return running === lab.machines.length ? "running" : `${running} of ${lab.machines.length} run`;
  } catch (error) {
    if (!(error instanceof LabwrightError)) throw error;
    return `unknown: ${error.message.split("\n")[0]}`;
  }
}
