import { type LabOptions, openSession } from "../../session/session.ts";
import { extraSpares, noteExtraSpares } from "../../spares/record.ts";
import { print } from "../../ui/print.ts";
import { refill, refillText } from "./refill.ts";

/** Makes one spare more than the lab has, and those that are missing. One that cannot be made is not wanted any more. */
export async function spareAdd(options: LabOptions): Promise<void> {
  const session = await openSession({ ...options, startsEngine: true });
  const { name } = session.lab;
  let noted = 0;
  const note = async (): Promise<void> => {
    noted = (await extraSpares(name)) + 1;
    await noteExtraSpares(name, noted);
  };
  try {
    const done = await refill(session, options, note);
    if (!options.json) print(refillText(done));
  } catch (error) {
    if (noted > 0 && !session.signal.aborted) await noteExtraSpares(name, noted - 1);
    throw error;
  }
}
