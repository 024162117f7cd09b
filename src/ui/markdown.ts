import { stripVTControlCharacters } from "node:util";
import { Marked, type Token, type Tokens } from "marked";
import { noPaint, type Paint } from "./text.ts";
import { visible } from "./visible.ts";

const marked = new Marked({ gfm: true });

/** Markdown for a terminal: headings, lists, code, quotes and emphasis; everything else as it is written. */
export function markdown(
  text: string,
  { paint = noPaint, width = 80 }: { paint?: Paint; width?: number } = {},
): string {
  return `${blocks(marked.lexer(visible(text)), paint, width)}\n`;
}

const blocks = (tokens: readonly Token[], paint: Paint, width: number): string =>
  tokens
    .map((token) => block(token, paint, width))
    .filter((part) => part !== "")
    .join("\n\n");

function block(token: Token, paint: Paint, width: number): string {
  switch (token.type) {
    case "heading":
      return paint(["bold", "underline"], inline(token.tokens ?? [], noPaint));
    case "code":
      return indented(paint("cyan", token.text), "    ");
    case "list":
      return list(token as Tokens.List, paint, width);
    case "blockquote":
      return indented(blocks(token.tokens ?? [], paint, width - 2), paint("dim", "│ "));
    case "hr":
      return paint("dim", "─".repeat(Math.min(width, 40)));
    case "space":
      return "";
    case "paragraph":
    case "text":
      return wrapped(inline(token.tokens ?? [token], paint), width);
    default:
      return token.raw.trimEnd();
  }
}

const list = ({ items, ordered, start, loose }: Tokens.List, paint: Paint, width: number): string =>
  items
    .map((item, index) => {
      const bullet = ordered ? `${Number(start || 1) + index}. ` : "- ";
      const inner = indented(blocks(item.tokens, paint, width - bullet.length), " ".repeat(bullet.length));
      return bullet + inner.slice(bullet.length);
    })
    .join(loose ? "\n\n" : "\n");

function inline(tokens: readonly Token[], paint: Paint): string {
  return tokens
    .map((token): string => {
      const inner = () => inline(("tokens" in token && token.tokens) || [], paint);
      switch (token.type) {
        case "strong":
          return paint("bold", inner());
        case "em":
          return paint("italic", inner());
        case "codespan":
          return paint("cyan", token.text);
        case "link":
          return token.text === token.href ? token.href : `${inner()} (${token.href})`;
        case "br":
          return "\n";
        case "text":
          return token.tokens ? inner() : token.text.replace(/\n/g, " ");
        case "escape":
          return token.text;
        default:
          return token.raw;
      }
    })
    .join("");
}

const indented = (text: string, by: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : by + line))
    .join("\n");

/** Breaks lines at spaces; colours count as no width, and a word that is wider than the line stays whole. */
function wrapped(text: string, width: number): string {
  const wrapLine = (line: string): string =>
    line.split(" ").reduce((done, word) => {
      const last = done.slice(done.lastIndexOf("\n") + 1);
      const fits = stripVTControlCharacters(`${last} ${word}`).length <= width;
      return done === "" ? word : `${done}${fits ? " " : "\n"}${word}`;
    }, "");
  return text.split("\n").map(wrapLine).join("\n");
}
