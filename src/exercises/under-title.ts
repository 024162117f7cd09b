/** A Markdown text for a place that shows its title already: without the first heading, if that is the title. */
export function underTitle(title: string, markdown: string): string {
  const [first = "", ...rest] = markdown.trimStart().split("\n");
  return first.trim() === `# ${title}` ? rest.join("\n").trimStart() : markdown;
}
