import { itemOf, type Recording } from "../recording/types.ts";

/** A file over a mebibyte: its kind, mode, owner and size; and its time. */
const large = /^(f \d+ \S+ +\d+) ([\d.]+)$/;

/**
 * The baseline with the times of programs that were installed again since `before`, and that are otherwise as they were. One that
 * has not changed since then is not ours: its time is all that shows what somebody did.
 */
export function withReinstalled(baseline: Recording, before: Recording, now: Recording): Recording {
  const changed = Object.entries(now).filter(([key, value]) => {
    const known = baseline[key];
    const [shape, former] = [large.exec(value)?.[1], large.exec(known ?? "")?.[1]];
    const isSame = itemOf(key).kind === "file" && shape !== undefined && shape === former;
    return isSame && value !== known && value !== before[key];
  });
  return changed.length === 0 ? baseline : { ...baseline, ...Object.fromEntries(changed) };
}
