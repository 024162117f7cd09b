/**
 * What stands in brackets (`[…]`, `{…}`) is edited by the character. JSON is what we put in, as it is YAML too,
 * always right behind the opening bracket.
 */

export function insertBehind(text: string, bracket: number, piece: string, isEmpty: boolean): string {
  const at = bracket + 1;
  return text.slice(0, at) + piece + (isEmpty ? "" : ", ") + text.slice(at);
}

/** Takes a piece out, with the comma that it came with. Undefined where the text at `start` is another. */
export function removePiece(text: string, start: number, piece: string): string | undefined {
  if (!text.startsWith(piece, start)) return undefined;
  const before = text.slice(0, start);
  const after = text.slice(start + piece.length);
  if (after.startsWith(", ")) return before + after.slice(2);
  return (before.endsWith(", ") ? before.slice(0, -2) : before) + after;
}

export const memberText = (key: string, value: unknown): string =>
  `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
