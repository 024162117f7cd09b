/** @import { GoalView, JobView, WorkView } from "../src/board/view.ts" */
import { html } from "htm/preact";
import { spanOf, timeOf } from "./words.js";

const verdicts = { right: "✔ right", wrong: "✘ not yet", unreachable: "? could not be asked" };

/** @param {{ goal: GoalView }} props */
const Goal = ({ goal: { machine, title, verdict, words } }) => html`
  <li class=${verdict}>
    <strong>${verdicts[verdict]}</strong> · ${machine}: ${title}
    ${words.map((one) => html`<pre class="words" tabindex="0">${one}</pre>`)}
  </li>
`;

/**
 * What the last check has seen, and the hints that were taken.
 * @param {{ work: WorkView, heading: "h3" | "h4" }} props
 */
export const Result = ({ work: { last, checked, seenPassed, hints }, heading }) => html`
  ${seenPassed && html`<p>A background check at ${timeOf(seenPassed)} saw that this is passed.</p>`}
  ${
    last &&
    html`
      <${heading}>Last check${checked && ` at ${timeOf(checked)}`}</${heading}>
      <ul class="goals">${last.map((goal) => html`<${Goal} goal=${goal} />`)}</ul>
    `
  }
  ${
    hints.length > 0 &&
    html`
      <${heading}>Hints</${heading}>
      <ol class="hints">${hints.map((hint) => html`<li>${hint}</li>`)}</ol>
    `
  }
`;

/**
 * What the board does with a lab now, or did last.
 * @param {{ job?: JobView }} props
 */
export function Job({ job }) {
  if (!job) return html`<p class="job" role="status"></p>`;
  const { title, since, note, ended } = job;
  if (!ended)
    return html`<p class="job" role="status"><span class="busy" aria-hidden="true">●</span> ${title} … ${note}</p>`;
  const took = spanOf(Date.parse(ended.at) - Date.parse(since));
  return html`
    <p class=${`job ${ended.isRight ? "done" : "failed"}`} role="status">
      <strong>${title}: ${ended.isRight ? "done" : "failed"}</strong> at ${timeOf(ended.at)}, in ${took}${"\n"}${ended.words}
    </p>
  `;
}
