import { visible } from "./visible.ts";

export type Attributes = { [name: string]: string | number };

const entities: { [character: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/**
 * Text for XML 1.0, which cannot contain control characters, lone surrogates and U+FFFE and U+FFFF, not even
 * as references (https://www.w3.org/TR/xml/#charsets).
 */
export const escaped = (text: string): string =>
  visible(text)
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, "\uFFFD")
    .replace(/[&<>"]/g, (character) => entities[character] ?? character);

/** A line break in an attribute would be read as a space. */
const attributeText = (value: string | number): string =>
  escaped(String(value)).replace(/\n/g, "&#10;").replace(/\t/g, "&#9;");

/** An element with text, or with elements, each on its own lines. */
export function element(
  name: string,
  attributes: Attributes,
  content: string | readonly string[] = "",
): string {
  const head = [
    name,
    ...Object.entries(attributes).map(([key, value]) => `${key}="${attributeText(value)}"`),
  ].join(" ");
  if (content.length === 0) return `<${head}/>`;
  const inner = typeof content === "string" ? escaped(content) : `\n${content.join("\n")}\n`;
  return `<${head}>${inner}</${name}>`;
}
