const colour = "\\u001b\\[[0-9;:]*m";

/**
 * Control characters (C0, DEL, C1), those that change the direction of text, other line separators, and tags
 * that no font shows: all but newline and tab. https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const hidden = "[^\\P{Cc}\\t\\n]|\\p{Bidi_Control}|[\\u2028\\u2029\\u{e0000}-\\u{e007f}]";

const colours = new RegExp(colour, "g");
const hiddenOnes = new RegExp(hidden, "gu");
const coloursAndHidden = new RegExp(`(${colour})|${hidden}`, "gu");

/**
 * Text from machines, files and other people for a terminal or a report: characters that would command the terminal
 * or mislead the reader are shown as `\x1b` or `\u202e`. Colours are dropped, because programs print hundreds of them.
 */
export const visible = (text: string): string =>
  text.toWellFormed().replace(/\r\n/g, "\n").replace(colours, "").replace(hiddenOnes, named);

/** The same for text that `Paint` has coloured already: its colours stay. */
export const painted = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n/g, "\n")
    .replace(coloursAndHidden, (found, paint?: string) => paint ?? named(found));

/** The same JSON without a character that a terminal would obey: JSON.stringify leaves DEL, C1 and bidi. */
export const visibleJson = (json: string): string =>
  json.replace(hiddenOnes, (found) =>
    found
      .split("")
      .map((unit) => `\\u${hex(unit.charCodeAt(0), 4)}`)
      .join(""),
  );

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\u{${hex(code, 1)}}`;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, "0");
