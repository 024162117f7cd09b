/** Text with its markup, as data: a string, or an element with what is in it. */
export type MarkdownNode = string | MarkdownElement;

export interface MarkdownElement {
  tag: (typeof markdownTags)[number];
  /** Of a link: http or https. */
  href?: string;
  /** Of a list: its first number. */
  start?: number;
  children: MarkdownNode[];
}

/** Elements that can do nothing but show text. */
export const markdownTags = [
  ...["h3", "h4", "p", "pre", "code", "strong", "em", "del", "a", "ul", "ol", "li", "blockquote"],
  ...["hr", "br", "table", "thead", "tbody", "tr", "th", "td"],
] as const;
