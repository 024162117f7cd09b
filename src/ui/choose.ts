import type { FailureShape, Listener } from "../activity/activity.ts";
import { shapeOf } from "../activity/tree.ts";
import { messageOf } from "../errors.ts";
import { listed } from "../wording.ts";
import { failureText, headText } from "./failure.ts";
import { jsonLines, jsonText } from "./json.ts";
import { plainLog } from "./log.ts";
import { printPainted } from "./print.ts";
import { type Entry, failureOf, Recording } from "./recording.ts";
import { noPaint, type Paint, paintFor } from "./text.ts";
import { liveTree } from "./tree.ts";

export interface Surroundings {
  /** Where the run is shown; by default standard output. */
  stream: NodeJS.WriteStream;
  /** Where errors go, unless `json` is set: then they are a line on `stream`. */
  errors: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
  json: boolean;
}

export interface Output {
  /** The argument for `startRun`. */
  listener: Listener;
  /** Prints a command's error; for a failure that the listener has shown, only the message and its causes. */
  printError(error: unknown): void;
}

export type OutputKind = "json" | "tree" | "log";

/** CI systems set CI (to anything but `false` or nothing), and some give a terminal that nobody watches. */
export function outputKind({ stream, env, json }: Pick<Surroundings, "stream" | "env" | "json">): OutputKind {
  if (json) return "json";
  const isCi = env.CI !== undefined && env.CI !== "" && env.CI !== "false";
  return stream.isTTY && !isCi && env.TERM !== "dumb" ? "tree" : "log";
}

/**
 * The failures that listeners have shown. They belong to the process, like its terminal: the code that prints the error
 * need not be the code that chose how the run is shown.
 */
const shown = new Map<string, Entry>();

const keyOf = ({ code, message }: FailureShape): string => `${code}\n${message}`;

/** Chooses how a run is shown: JSON lines if asked for, a live tree on a terminal, a plain log elsewhere. */
export function chooseOutput(options: Partial<Surroundings> = {}): Output {
  const { stream = process.stdout, errors = process.stderr, env = process.env, json = false } = options;
  const kind = outputKind({ stream, env, json });
  const show = listenerFor(kind, stream);
  let recording = new Recording();
  return {
    listener: (event) => {
      if (event.event === "start" && event.parent === null) recording = new Recording();
      const entry = recording.add(event);
      const failure = entry && failureOf(entry);
      if (failure) shown.set(keyOf(failure), entry);
      show(event);
    },
    printError: (error) => {
      if (kind === "json") stream.write(errorLine(error));
      // A reader of only one of the two streams has not seen the other one.
      else {
        const known = stream.isTTY === errors.isTTY ? shown.get(keyOf(shapeOf(error))) : undefined;
        printPainted(`${errorText(error, paintFor(errors), known)}\n`, errors);
      }
    },
  };
}

function listenerFor(kind: OutputKind, stream: NodeJS.WriteStream): Listener {
  if (kind === "json") return jsonLines(stream);
  return kind === "tree" ? liveTree(stream) : plainLog(stream, paintFor(stream));
}

/** An error as one line of JSON: its `event` is `error`, the rest is the failure's shape and its causes. */
export const errorLine = (error: unknown): string =>
  `${jsonText({ event: "error", ...shapeOf(error), causes: causesOf(error) })}\n`;

/** An error for a person: what happened, why, the remedy, and the failed command's output; only its head if it is `known` already. */
export function errorText(error: unknown, paint: Paint = noPaint, known?: Entry): string {
  const shape = shapeOf(error);
  const message = `error: ${shape.message}`;
  const causes = causesOf(error);
  if (!known) return failureText({ ...shape, message }, paint, causes);
  const also = known.also.length > 0 ? `the same on ${listed(known.also)}; ` : "";
  return headText({ message: `${message} (${also}details above)`, causes }, paint);
}

/** The messages of all causes, the nearest first, each on one line; those that are part of the message are left out. */
function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  const seen = new Set<unknown>();
  let said = messageOf(error);
  for (let cause = nextCause(error); cause !== undefined && !seen.has(cause); cause = nextCause(cause)) {
    seen.add(cause);
    const message = messageOf(cause).replace(/\s+/g, " ").trim();
    if (message !== "" && !said.includes(message)) causes.push(message);
    said += `\n${message}`;
  }
  return causes;
}

const nextCause = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
