import type { Result, Status } from "./check.ts";

const signs: Record<Status, string> = {
  same: "ok",
  notice: "NOTICE",
  differs: "DIFFERS",
  skipped: "skipped",
};

/** One line a finding, and what to change below it. */
export const asText = (results: readonly Result[]): string =>
  results.flatMap(({ name, findings }) => [`\n${name}`, ...findings.flatMap(lineOf)]).join("\n");

const lineOf = ({ status, text, change }: Result["findings"][number]): string[] => [
  `  ${signs[status].padEnd(8)} ${text}`,
  ...(change === undefined ? [] : [`           → ${change}`]),
];

const cell = (text: string): string => text.replace(/\|/g, "\\|").replace(/\s*\n\s*/g, " ");

/** For GITHUB_STEP_SUMMARY: everything that is not as it was, then a line a check. */
export function asMarkdown(results: readonly Result[]): string {
  const rows = results.flatMap(({ name, findings }) =>
    findings
      .filter(({ status }) => status === "differs" || status === "notice")
      .map(
        ({ status, text, change = "" }) => `| ${[signs[status], name, text, change].map(cell).join(" | ")} |`,
      ),
  );
  const table = ["| | check | found | change |", "| --- | --- | --- | --- |", ...rows];
  const counts = results.map(
    ({ name, findings }) =>
      `- ${name}: ${findings.filter(({ status }) => status === "same").length} of ${findings.length} as assumed`,
  );
  const opening = rows.length > 0 ? table : ["Everything is as labwright assumes."];
  return `${["## Upstream", "", ...opening, "", ...counts].join("\n")}\n`;
}

export const asJson = (results: readonly Result[]): string =>
  `${JSON.stringify({ checks: results }, null, 2)}\n`;
