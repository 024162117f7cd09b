import { type Command, sh } from "../hosts/sh.ts";

const mark = "labwright-progress ";

/**
 * Runs `work`, and prints every two seconds the output of `measure`, if that has changed: a sign of life for work that is
 * silent itself. Ends with the work's exit code.
 */
export const withProgress = (work: Command, measure: Command): Command => sh`
  (
    last=
    while sleep 2 >/dev/null; do
      now=$(${measure} | tr '\n' ' ')
      [ "$now" = "$last" ] || printf '%s%s\n' ${mark} "$now"
      last=$now
    done
  ) 2>/dev/null &
  watcher=$!
  ${work}
  code=$?
  kill "$watcher"
  (exit "$code")`;

/** What services of systemd have written since they started: it grows as long as they unpack something. */
export const writtenBy = (...units: string[]): Command => sh`for unit in ${units}; do
    grep -w -e wchar -e write_bytes "/proc/$(systemctl show --property MainPID --value "$unit")/io"
  done`;

/** The progress in a line of `withProgress`; undefined for a line of the work itself. */
export const progressIn = (line: string): string | undefined =>
  line.startsWith(mark) ? line.slice(mark.length).trim() : undefined;

/** An output without the lines of `withProgress`. */
export const withoutProgress = (text: string): string =>
  text
    .split("\n")
    .filter((line) => progressIn(line) === undefined)
    .join("\n")
    .trim();
