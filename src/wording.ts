/** `1 change`, `2 changes`; `many` for a noun whose plural is another: `1 host key`, `2 host keys`. */
export const count = (number: number, noun: string, many = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : many}`;

/** The verb that agrees with so many subjects: `agree(1, "is", "are")` is `is`. */
export const agree = (number: number, one: string, many: string): string => (number === 1 ? one : many);

/** `w1`, `w1 and w2`, `w1, w2 and w3`; beyond `most`, `w1, w2 and 32 more`. */
export function listed(names: readonly string[], most = Number.POSITIVE_INFINITY): string {
  const rest = names.length - most;
  const shown = rest > 0 ? [...names.slice(0, most), `${rest} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** `12.5 s`. */
export const inSeconds = (seconds: number): string => `${seconds.toFixed(1)} s`;

/** `about 3 min`, `about 20 s`, `a few seconds`. */
export function inWords(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 8) return "a few seconds";
  if (seconds < 100) return `about ${Math.round(seconds / 10) * 10} s`;
  return `about ${Math.round(seconds / 60)} min`;
}

/** A remedy as a sentence: a capital letter first (unless it begins with a name such as `docs/ci.md`), a full stop last. */
export const sentence = (text: string): string =>
  text.replace(/^[a-z](?=[a-z]*[ ,])/, (letter) => letter.toUpperCase()).replace(/[^\s.!?…:]$/, "$&.");

/** How old something is: `40 s`, `12 min`, `3 h`. */
export function ageWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
