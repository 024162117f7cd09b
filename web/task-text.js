/** @import { MarkdownNode } from "../src/ui/markdown-node.ts" */
/** @import { ComponentChild } from "preact" */
import { h } from "preact";

/**
 * Elements for a text. The service sends which elements there are, and never HTML.
 * @param {{ nodes: MarkdownNode[] }} props
 */
export const TaskText = ({ nodes }) => h("div", { class: "text" }, nodes.map(elementOf));

/**
 * How an exercise is solved, closed until somebody wants to see it.
 * @param {{ nodes?: MarkdownNode[] }} props
 */
export const Solution = ({ nodes }) =>
  nodes && h("details", { class: "solution" }, h("summary", null, "Solution"), h(TaskText, { nodes }));

/**
 * @param {MarkdownNode} node
 * @returns {ComponentChild}
 */
function elementOf(node) {
  if (typeof node === "string") return node;
  const { tag, href, start, children } = node;
  const link = href === undefined ? {} : { href, target: "_blank", rel: "noopener noreferrer" };
  // A long line is scrolled to, also by keyboard.
  const scrolled = tag === "pre" || tag === "table" ? { tabIndex: 0 } : {};
  return h(tag, { ...link, ...scrolled, ...(start === undefined ? {} : { start }) }, children.map(elementOf));
}
