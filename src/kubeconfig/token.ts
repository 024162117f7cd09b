import type { Document } from "./document.ts";
import { offsetOf } from "./lines.ts";

/** A value as it is written on one line, and where. */
export interface Token {
  start: number;
  text: string;
}

const quoted = /^(?:"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\r\n]|'')*')/;

/**
 * The value of a key of the top level as it is written: a scalar, or a list in brackets up to its end, if that
 * can be told. Undefined where nothing is written, or what is written goes over several lines.
 */
export function tokenAt({ text, yaml, root }: Document, key: string): Token | undefined {
  const start = offsetOf(text, yaml.positionOf([key]));
  const rest = text.slice(start);
  if (Array.isArray(root[key]))
    return rest.startsWith("[") ? { start, text: listText(rest, root[key]) } : undefined;
  const written = yaml.writtenAt([key]);
  const token = quoted.exec(rest)?.[0] ?? written;
  return written && token && rest.startsWith(token)
    ? { start, text: token }
    : emptyQuotes(start, rest, written);
}

/** `""` is written although its text is empty; nothing at all is not. */
function emptyQuotes(start: number, rest: string, written: string | undefined): Token | undefined {
  const token = quoted.exec(rest)?.[0];
  return written === "" && token?.length === 2 ? { start, text: token } : undefined;
}

/** What we have put into brackets, or brackets with nothing in them; of anything else only the opening bracket. */
function listText(rest: string, list: unknown[]): string {
  const ours = JSON.stringify(list);
  if (rest.startsWith(ours)) return ours;
  return list.length === 0 ? (/^\[\s*\]/.exec(rest)?.[0] ?? "[") : "[";
}

/** The text with another token as the value of `key`; an empty token takes the value away. */
export function withToken(document: Document, key: string, token: string): string | undefined {
  const { text, yaml } = document;
  const old = tokenAt(document, key);
  if (!old) {
    const start = offsetOf(text, yaml.positionOf([key], "key"));
    const written = /^(?:"[^"]*"|'[^']*'|[^:'"\s]+)[ \t]*:/.exec(text.slice(start))?.[0];
    if (written === undefined || token === "") return written === undefined ? undefined : text;
    const end = start + written.length;
    return `${text.slice(0, end)} ${token}${text.slice(end)}`;
  }
  const before = text.slice(0, old.start);
  return (token === "" ? before.replace(/ $/, "") : before) + token + text.slice(old.start + old.text.length);
}
