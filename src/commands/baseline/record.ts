import { recordBaseline } from "../../baseline/record-baseline.ts";
import { exitCode, LabwrightError } from "../../errors.ts";
import { readStates } from "../../exercises/state.ts";
import { assertWhole, connectInventory } from "../../session/inventory.ts";
import { withLabLock } from "../../session/lab-lock.ts";
import { type ConfirmedOptions, openSession, show } from "../../session/session.ts";
import { isConfirmed } from "../../ui/confirm.ts";
import { print } from "../../ui/print.ts";
import { count, listed } from "../../wording.ts";
import { assertOwn } from "../reset/own.ts";

/** Makes the lab's state of now its baseline, whatever somebody has done to it. */
export async function baselineRecord(options: ConfirmedOptions): Promise<void> {
  const session = await openSession(options);
  const { lab, provider, signal } = session;
  assertOwn(session);
  await withLabLock(session, async () => {
    const started = (await readStates(lab.name)).map(({ name }) => name);
    if (started.length > 0) throw exercisesStarted(started);
    const isWanted = await isConfirmed({
      question: `Make what is in the lab "${lab.name}" now the state that \`reset\` returns to?`,
      yes: options.yes,
      cannot: {
        code: "baseline-unconfirmed",
        message: `cannot ask whether to record the baseline of the lab "${lab.name}"`,
      },
    });
    if (!isWanted) return print("Nothing was changed.\n");
    const { result } = await show(`baseline record ${lab.name}`, options, async (activity) => {
      const inventory = await connectInventory(lab, provider, signal, { activity });
      try {
        assertWhole(inventory);
        return await recordBaseline(inventory);
      } finally {
        await inventory.close();
      }
    });
    if (!options.json) print(`Recorded ${count(Object.keys(result.recording).length, "item")}.\n`);
  });
}

const exercisesStarted = (names: readonly string[]): LabwrightError =>
  new LabwrightError({
    code: "exercises-started",
    message: `what ${listed(names)} set up would be part of the baseline`,
    remedy: "Run `labwright exercise reset NAME` for each, then record again.",
    exit: exitCode.usage,
  });
