import { Marked, type Token, type Tokens } from "marked";
import type { MarkdownElement, MarkdownNode } from "./markdown-node.ts";
import { visible } from "./visible.ts";

const marked = new Marked({ gfm: true });

/**
 * Markdown as data for a page, which makes elements of it: there is no HTML that somebody's text could bring in. HTML in the text is shown
 * as it is written, images as their description, and links lead to http and https only.
 */
export const markdownNodes = (text: string): MarkdownNode[] => nodesOf(marked.lexer(visible(text)));

const nodesOf = (tokens: readonly Token[] = []): MarkdownNode[] => tokens.flatMap(nodeOf);

const element = (tag: MarkdownElement["tag"], children: MarkdownNode[] = []): MarkdownElement => ({
  tag,
  children,
});

function nodeOf(token: Token): MarkdownNode[] {
  const inner = () => nodesOf("tokens" in token ? token.tokens : []);
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading":
      // The page has headings above it.
      return [element(token.depth <= 2 ? "h3" : "h4", inner())];
    case "paragraph":
      return [element("p", inner())];
    case "code":
      return [element("pre", [element("code", [String(token.text)])])];
    case "blockquote":
    case "strong":
    case "em":
    case "del":
      return [element(token.type, inner())];
    case "hr":
    case "br":
      return [element(token.type)];
    case "codespan":
      return [element("code", [String(token.text)])];
    case "list":
      return [listOf(token as Tokens.List)];
    case "table":
      return [tableOf(token as Tokens.Table)];
    case "link":
      return /^https?:\/\//i.test(token.href) ? [{ ...element("a", inner()), href: token.href }] : inner();
    case "image":
    case "escape":
      return [String(token.text)];
    case "text":
      return "tokens" in token && token.tokens ? inner() : [String(token.text)];
    default:
      return [token.raw];
  }
}

const listOf = ({ ordered, start, items }: Tokens.List): MarkdownElement => ({
  ...element(
    ordered ? "ol" : "ul",
    items.map((item) => element("li", nodesOf(item.tokens))),
  ),
  ...(ordered && typeof start === "number" && start !== 1 && { start }),
});

const tableOf = ({ header, rows }: Tokens.Table): MarkdownElement =>
  element("table", [
    element("thead", [
      element(
        "tr",
        header.map(({ tokens }) => element("th", nodesOf(tokens))),
      ),
    ]),
    element(
      "tbody",
      rows.map((row) =>
        element(
          "tr",
          row.map(({ tokens }) => element("td", nodesOf(tokens))),
        ),
      ),
    ),
  ]);
