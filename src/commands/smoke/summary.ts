import type { Lab } from "../../lab/types.ts";
import type { Cost } from "../../providers/types.ts";
import { costText } from "../../ui/plan.ts";
import { oneLine } from "../../ui/text.ts";
import { visible } from "../../ui/visible.ts";
import { count, inSeconds } from "../../wording.ts";
import type { Part } from "./parts.ts";

export interface Report {
  lab: Lab;
  parts: Part[];
  seconds: number;
  cost?: Cost;
  /** The folder with logs, if there are any. */
  evidence?: string;
  /** Until when a lab is kept. */
  keptUntil?: Date;
}

const marks = { passed: "✅", failed: "❌", skipped: "⏭️" } as const;

/** The report for people, in Markdown for GitHub and GitLab. */
export function markdown({ lab, parts, seconds, cost, evidence, keptUntil }: Report): string {
  const rows = parts.map(
    ({ name, outcome, seconds: took }) => `| ${name} | ${marks[outcome]} ${outcome} | ${inSeconds(took)} |`,
  );
  const passed = parts.every(({ outcome }) => outcome === "passed");
  const failures = parts.flatMap(({ name, error }) =>
    error === undefined
      ? []
      : [
          `### ${name} failed`,
          "",
          ...fenced(error.message),
          "",
          `What to do: ${oneLine(error.remedy)}`,
          "",
          ...(error.output ? [...fenced(error.output), ""] : []),
        ],
  );
  const lines = [
    `## ${passed ? "✅" : "❌"} labwright smoke: ${lab.name}`,
    "",
    `${count(lab.machines.length, "machine")} by ${lab.provider}, Kubernetes ${lab.cluster.version}, ${lab.cluster.runtime}, ${lab.cluster.network.plugin}; ${seconds.toFixed(0)} s.`,
    "",
    "| part | result | time |",
    "| --- | --- | ---: |",
    ...rows,
    "",
    ...failures,
    ...(cost ? [costText(cost)] : []),
    ...(evidence ? [`Logs and the cluster's state: \`${evidence}\`.`, ""] : []),
    ...(keptUntil
      ? [`The lab was kept until ${keptUntil.toISOString()}: \`labwright ssh\`, then \`labwright down\`.`, ""]
      : []),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** A fence longer than any in the text. */
function fenced(text: string): string[] {
  const shown = visible(text);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return [fence, shown.slice(0, 4000), fence];
}
