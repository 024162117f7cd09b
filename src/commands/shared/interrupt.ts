import { exitCode } from "../../errors.ts";
import { tell } from "../../ui/print.ts";

/**
 * The first Ctrl-C asks the run to stop at the next boundary between tasks, the second ends it at once: what it had
 * begun on machines ends there when the connection does.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(exitCode.interrupted);
      tell("\nstopping at the next boundary; once more to stop at once\n");
      controller.abort();
    });
  }
  return controller.signal;
}
