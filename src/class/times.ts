import { z } from "zod";
import { text } from "../lab/fields.ts";
import type { Flaw } from "../lab/names.ts";
import { shown } from "../lab/nearest.ts";

/** When the class may work on an exercise; an absent time limits nothing. */
export interface Times {
  opens?: Date | undefined;
  closes?: Date | undefined;
}

export type Phase = "not open" | "open" | "closed";

/**
 * Whether an exercise is open at a time: from `opens` on until `closes`, both included. It is the one rule: an exercise is started
 * while it is open or after, and a result counts if it was graded before the exercise was closed.
 */
export function phaseAt({ opens, closes }: Times, at: Date): Phase {
  if (closes && at > closes) return "closed";
  return opens && at < opens ? "not open" : "open";
}

/** The times of a student who has been given so many seconds more. */
export const extendedBy = ({ opens, closes }: Times, seconds: number): Times => ({
  opens,
  closes: closes && new Date(closes.getTime() + seconds * 1000),
});

/** `2026-12-01 09:00`, in the time of this computer. */
export function clock(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

const iso = z.iso.datetime({ local: true, offset: true });

/** RFC 3339 wants seconds before an offset; people leave them out. */
const withSeconds = (value: string): string => value.replace(/(T\d\d:\d\d)(?=Z$|[+-]|$)/, "$1:00");

function timeFlaw(value: string): Flaw | undefined {
  if (iso.safeParse(withSeconds(value)).success) return undefined;
  const form = "such as 2026-12-01T09:00, or with an offset 2026-12-01T09:00+01:00";
  const message = `${shown(value)} is not a time`;
  if (/^\d{4}-\d\d-\d\d$/.test(value))
    return {
      message: `${shown(value)} is a day without a time`,
      remedy: `write the time too: ${value}T09:00`,
    };
  const near = value.trim().toUpperCase().replace(/\s+/, "T");
  return {
    message,
    remedy: iso.safeParse(withSeconds(near)).success
      ? `write ${near}`
      : `write a day that exists, and a time, ${form}`,
  };
}

/** A time in ISO 8601; without an offset it is the time of this computer. */
export const time = text(timeFlaw, {
  examples: ["2026-12-01T09:00", "2026-12-01T09:00:00+01:00"],
}).transform((value) => new Date(withSeconds(value)));
