/** @import { BoardView, StudentView } from "../src/board/view.ts" */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { Detail } from "./detail.js";
import { useNow } from "./now.js";
import { aboutBackground, aboutWork, Mark, seenProgress, spanOf } from "./words.js";

/**
 * Everybody's progress, the queue of raised hands, and one student in detail.
 * @param {{ view: BoardView, base: string }} props
 */
export function Instructor({ view, base }) {
  const { students, tasks } = view;
  const [chosen, setChosen] = useState(() => new URLSearchParams(location.search).get("student"));
  const now = useNow(5000);
  /** @param {string} student */
  const choose = (student) => {
    history.replaceState(null, "", `?student=${student}`);
    setChosen(student);
  };
  const shown = students.find(({ student }) => student === chosen);
  const hands = students
    .filter(({ hand }) => hand !== undefined)
    .sort((one, other) => String(one.hand).localeCompare(String(other.hand)));
  return html`
    <main class="instructor">
      <h1>${view.className}</h1>
      <p>${aboutClass(students)}</p>
      <${Hands} hands=${hands} now=${now} choose=${choose} />
      <div class="scrolled" role="region" aria-label="Progress of the class" tabindex="0">
        <table class="class">
          <thead>
            <tr>
              <th scope="col">student</th>
              <th scope="col">lab</th>
              ${tasks.map(({ exercise, title }) => html`<th scope="col" title=${title}>${exercise}</th>`)}
              <th scope="col">points</th>
            </tr>
          </thead>
          <tbody>
            ${students.map(
              (one) => html`
                <${Row} key=${one.student} one=${one} now=${now} choose=${choose} isChosen=${one === shown} />
              `,
            )}
          </tbody>
        </table>
      </div>
      ${shown && html`<${Detail} key=${shown.student} view=${view} one=${shown} base=${base} />`}
    </main>
  `;
}

/**
 * How many students there are, and how many of them need somebody.
 * @param {StudentView[]} students
 */
function aboutClass(students) {
  const stuck = students.filter(({ works }) => works.some((work) => seenProgress(work) === "stuck")).length;
  return `${students.length} ${students.length === 1 ? "student" : "students"}, ${stuck} stuck`;
}

/** @param {{ hands: StudentView[], now: number, choose(student: string): void }} props */
const Hands = ({ hands, now, choose }) => html`
  <section class="hands" aria-live="polite" aria-label="Raised hands">
    ${
      hands.length > 0 &&
      html`
        <h2>Raised hands</h2>
        <ol>
          ${hands.map(
            ({ student, hand }) => html`
              <li>
                <button type="button" onClick=${() => choose(student)}>⚑ ${student}</button>
                ${" "}for ${spanOf(now - Date.parse(String(hand)))}
              </li>
            `,
          )}
        </ol>
      `
    }
  </section>
`;

/** @param {{ one: StudentView, now: number, isChosen: boolean, choose(student: string): void }} props */
const Row = ({ one: { student, lab, works, hand, job }, now, isChosen, choose }) => html`
  <tr class=${isChosen ? "chosen" : ""}>
    <th scope="row">
      <button type="button" class="name" aria-pressed=${isChosen} onClick=${() => choose(student)}>${student}</button>
      ${hand && html`<span class="hand"><span aria-hidden="true">⚑</span> raised hand</span>`}
    </th>
    <td>
      ${lab.words}
      ${lab.at && html`<small>${spanOf(now - Date.parse(lab.at))} ago</small>`}
      ${job && !job.ended && html`<small class="running">${job.title} …</small>`}
    </td>
    ${works.map(
      (work) => html`
        <td>
          <${Mark} progress=${seenProgress(work)} /><small>${aboutWork(work)}</small>
          ${work.background && html`<small>${aboutBackground(work.background)}</small>`}
        </td>
      `,
    )}
    <td>${works.reduce((sum, { points }) => sum + points, 0)}</td>
  </tr>
`;
