import { LabwrightError, messageOf } from "../errors.ts";
import { interruptionIn } from "../interruption.ts";
import type { Activity, ActivityKind, Ending, Event, FailureShape, Listener } from "./activity.ts";

type Work<T> = (activity: Activity, end: (ending: Ending) => void) => Promise<T>;

interface Start {
  parent: number | null;
  kind: ActivityKind;
  title: string;
  machine?: string;
}

/**
 * Runs `work` as the root activity and reports to every listener what happens, in order. Ids count up from 1.
 * Resolves and rejects as `work` does. A listener that throws causes one warning and is removed:
 * how a run is shown must not decide how it ends.
 */
export async function startRun<T>(title: string, listeners: readonly Listener[], work: Work<T>): Promise<T> {
  const hearing = new Set(listeners);
  let ids = 0;

  function emit(event: Event): void {
    for (const listener of hearing) {
      try {
        listener(event);
      } catch (error) {
        hearing.delete(listener);
        process.emitWarning(`an output failed and was switched off: ${messageOf(error)}`);
      }
    }
  }

  async function act<U>(start: Start, todo: Work<U>): Promise<U> {
    ids += 1;
    const id = ids;
    let ending: Ending = { outcome: "ok" };
    let ended = false;
    const finish = (last: Ending, error?: FailureShape): void => {
      ended = true;
      const { outcome, details = [] } = last;
      emit({ event: "end", id, outcome, details: [...details], ...(error && { error }), at: Date.now() });
    };
    const activity: Activity = {
      note: (text) => {
        // Background work may emit notes after its activity has ended; readers need not handle that.
        if (!ended) emit({ event: "note", id, text, at: Date.now() });
      },
      expect: (what) => emit({ event: "expect", id, ...what, at: Date.now() }),
      child: (kind, childTitle, childWork, { machine } = {}) =>
        act({ parent: id, kind, title: childTitle, ...(machine !== undefined && { machine }) }, childWork),
    };

    emit({ event: "start", id, ...start, at: Date.now() });
    try {
      const result = await todo(activity, (given) => {
        ending = given;
      });
      finish(ending);
      return result;
    } catch (error) {
      const interruption = interruptionIn(error);
      finish({ outcome: interruption ? "stopped" : "failed" }, shapeOf(interruption ?? error));
      throw error;
    }
  }

  return act({ parent: null, kind: "run", title }, work);
}

/** What a listener needs to know of an error; `unexpected` is the code of an unforeseen one. */
export function shapeOf(thrown: unknown): FailureShape {
  const error = thrown instanceof LabwrightError ? thrown : (interruptionIn(thrown) ?? thrown);
  if (error instanceof LabwrightError) {
    const { code, message, remedy, output } = error;
    return { code, message, remedy, ...(output !== undefined && { output }) };
  }
  return {
    code: "unexpected",
    message: messageOf(error),
    remedy: "This is a bug in labwright: report it with the output below.",
    ...(error instanceof Error && error.stack !== undefined && { output: error.stack }),
  };
}
