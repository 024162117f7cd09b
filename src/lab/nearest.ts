import { closest, distance } from "fastest-levenshtein";

const plain = (word: string): string => word.toLowerCase().replace(/[\s_.-]/g, "");

/**
 * The known word that was most likely meant: at most a third of its letters differ (of four
 * and five letters two, because a swap changes two); case, hyphens and underscores do not count. Undefined if
 * none is that near.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word);
  const found = known.length > 0 ? closest(wanted, known.map(plain)) : undefined;
  if (found === undefined) return undefined;
  const far = distance(wanted, found);
  const match = known.find((one) => plain(one) === found);
  return far <= allowed(Math.max(wanted.length, found.length)) ? match : undefined;
}

/** How many words a message lists. */
const mostListed = 20;

/** Those of many known words that a reader may want to see: at most 20, the nearest first. */
export const nearestFew = (word: string, known: readonly string[]): string[] =>
  known
    .map((one) => ({ one, far: distance(plain(word), plain(one)) }))
    .sort((a, b) => a.far - b.far || a.one.localeCompare(b.one))
    .slice(0, mostListed)
    .map(({ one }) => one);

const allowed = (letters: number): number => (letters < 4 ? 1 : Math.max(2, Math.floor(letters / 3)));

/** The known word that begins with the wrong one, or is near to it. */
export function meant(word: string, known: readonly string[]): string | undefined {
  const begun = known.filter((one) => word.length > 2 && one.startsWith(word));
  return begun.length === 1 ? begun[0] : nearest(word, known);
}

/** A remedy for a word that is not among the known ones. */
export function choose(word: string, known: readonly string[]): string {
  const near = meant(word, known);
  if (known.length > mostListed)
    return near === undefined
      ? `use another, such as ${list(nearestFew(word, known))}`
      : `did you mean ${near}?`;
  if (near !== undefined)
    return known.length > 1 ? `did you mean ${near}? Known are: ${list(known)}` : `write ${near}`;
  return known.length === 1 ? `write ${list(known)}` : `use one of: ${list(known)}`;
}

/** `a, b, c`. */
export const list = (words: readonly string[]): string => words.join(", ");

/** A value for a message: on one line, and shortened. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
