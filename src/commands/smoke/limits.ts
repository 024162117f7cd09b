import { exitCode, LabwrightError } from "../../errors.ts";
import { secondsOf } from "../../lab/cloud.ts";

const defaults = { up: "45m", verify: "10m", exercises: "30m", evidence: "5m", down: "15m" };

type Name = keyof typeof defaults;

/** In seconds. */
export type Limits = Record<Name | "whole", number>;

/** Node's timers count milliseconds in 31 bits, which is 24.8 days; a longer one ends at once. */
const longest = 24 * 86_400;

/** Reads `60m`, and `up=30m` for single parts. Throws `smoke-limit-wrong` or `smoke-limit-long`, a wrong use. */
export function limitsOf({ limit, partLimit }: { limit: string; partLimit: readonly string[] }): Limits {
  const given: Record<string, string> = { ...defaults };
  for (const text of partLimit) {
    const [name = "", value = ""] = text.split("=");
    if (!Object.hasOwn(defaults, name)) throw wrong(text);
    given[name] = value;
  }
  const seconds = (name: Name): number => limitOf(given[name] ?? "");
  return {
    whole: limitOf(limit),
    up: seconds("up"),
    verify: seconds("verify"),
    exercises: seconds("exercises"),
    evidence: seconds("evidence"),
    down: seconds("down"),
  };
}

/** Reads `90s`, `30m`, `2h` or `1d`, in seconds. Throws `smoke-limit-wrong`, a wrong use. */
export function durationOf(text: string): number {
  if (!/^[1-9]\d*[smhd]$/.test(text)) throw wrong(text);
  return text.endsWith("s") ? Number(text.slice(0, -1)) : secondsOf(text);
}

function limitOf(text: string): number {
  const seconds = durationOf(text);
  if (seconds > longest)
    throw new LabwrightError({
      code: "smoke-limit-long",
      message: `the limit "${text}" is longer than ${longest / 86_400} days`,
      remedy: `Write at most ${longest / 86_400}d for --limit and --part-limit.`,
      exit: exitCode.usage,
    });
  return seconds;
}

const wrong = (text: string): LabwrightError =>
  new LabwrightError({
    code: "smoke-limit-wrong",
    message: `"${text}" is not a length of time`,
    remedy: `Write 90s, 30m or 2h; for one part ${Object.keys(defaults).join("=…, ")}=…`,
    exit: exitCode.usage,
  });
