import type { FailureShape, Outcome } from "../activity/activity.ts";

interface Ended {
  title: string;
  outcome: Outcome | undefined;
  details: readonly string[];
}

/** Replaces the machine's own name, so that one reason on many machines is one. */
const itself = "\0";

/**
 * Why an activity did not end well, as a key: activities with one key have the same reason. A reason that is not the task's,
 * such as that its machine does not answer, is the same for every task of the machine.
 */
export function reasonOf(
  { title, outcome, details }: Ended,
  failure: FailureShape | undefined,
  machine: string | undefined,
): string | undefined {
  const isReason = failure !== undefined || outcome === "differs" || outcome === "unreachable";
  if (!isReason || (failure === undefined && details.length === 0)) return undefined;
  const words = failure ? [failure.code, failure.message, failure.remedy] : details;
  const text = withoutName(words.join("\n"), machine);
  const isOfMachine = failure !== undefined || outcome === "unreachable" || text.startsWith(itself);
  return [outcome, isOfMachine ? "" : title, text].join("\n");
}

function withoutName(text: string, machine: string | undefined): string {
  if (machine === undefined) return text;
  const name = machine.replaceAll(/[^\w]/g, "\\$&");
  return text.replaceAll(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, "g"), itself);
}
