/** @import { BoardView, StudentView, TaskView, WorkView } from "../src/board/view.ts" */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { useAction } from "./act.js";
import { LabPage } from "./lab-page.js";
import { useNow } from "./now.js";
import { Job, Result } from "./result.js";
import { Solution, TaskText } from "./task-text.js";
import { Terminals } from "./terminals.js";
import { aboutExtension, aboutPhase, aboutWork, Mark, spanOf } from "./words.js";

/**
 * Tasks on the left, terminals on the right.
 * @param {{ view: BoardView, base: string }} props
 */
export function Student({ view, base }) {
  const [one] = view.students;
  const { act, words } = useAction(base);
  const [exercise, setExercise] = useState(() => firstOpen(one));
  const task = view.tasks.find((known) => known.exercise === exercise);
  const work = one?.works.find((known) => known.exercise === exercise);
  if (!one) return html`<p role="status">Loading …</p>`;
  return html`
    <main class="student">
      <div class="tasks">
        <h1>${view.className}: ${one.student}</h1>
        <${FromInstructor} one=${one} act=${act} />
        <${Agreement} agreed=${one.agreed} act=${act} />
        ${view.nodePort && html`<${LabPage} nodePort=${view.nodePort} base=${base} />`}
        <h2 id="exercises">Exercises</h2>
        <ul class="exercises" aria-labelledby="exercises">
          ${one.works.map(
            ({ exercise: name, progress }) => html`
              <li>
                <button type="button" aria-pressed=${name === exercise} onClick=${() => setExercise(name)}>
                  <${Mark} progress=${progress} /> · ${titleOf(view, name)}
                </button>
              </li>
            `,
          )}
        </ul>
        <${Job} job=${one.job} />
        ${words}
        ${task && work && html`<${Task} ...${{ task, work, act, isBusy: one.job !== undefined && !one.job.ended }} />`}
      </div>
      <${Terminals} machines=${view.machines} base=${base} />
    </main>
  `;
}

/** @param {StudentView | undefined} one */
const firstOpen = (one) =>
  (one?.works.find(({ progress }) => progress !== "passed") ?? one?.works[0])?.exercise;

/**
 * @param {BoardView} view
 * @param {string} exercise
 */
const titleOf = ({ tasks }, exercise) => tasks.find((task) => task.exercise === exercise)?.title ?? exercise;

/** @typedef {(body: Record<string, string>) => Promise<boolean>} Act */

/** @param {{ one: StudentView, act: Act }} props */
const FromInstructor = ({ one: { hand, message }, act }) => html`
  <div class="buttons">
    <button type="button" aria-pressed=${hand !== undefined} onClick=${() => act({ action: hand ? "lower" : "raise" })}>
      ⚑ ${hand ? "Lower your hand" : "Raise your hand"}
    </button>
    ${hand && html`<span>Your instructor sees it.</span>`}
  </div>
  <div role="status">
    ${
      message &&
      html`
        <p class="message">
          <strong>Your instructor:</strong> ${message.text}${" "}
          <button type="button" onClick=${() => act({ action: "read" })}>Close</button>
        </p>
      `
    }
  </div>
`;

/** @param {{ agreed: string | undefined, act: Act }} props */
const Agreement = ({ agreed, act }) => html`
  <p>
    <label>
      <input
        type="checkbox"
        checked=${agreed !== undefined}
        onChange=${() => act({ action: agreed ? "disagree" : "agree" })}
      />${" "}
      My instructor may keep the commands that I type.
    </label>
  </p>
`;

/** @param {{ task: TaskView, work: WorkView, isBusy: boolean, act: Act }} props */
const Task = ({ task, work, isBusy, act }) => {
  const { exercise } = task;
  const left = task.hints - work.hints.length;
  return html`
    <article class="task" aria-labelledby="task">
      <h2 id="task">${task.title}</h2>
      <p>
        <${Mark} progress=${work.progress} /> ${aboutWork(work) || `${task.points} points`}
        ${work.ends && html` · <${Left} ends=${work.ends} />`}${aboutExtension(work)}
        ${!work.started && task.timeLimit && ` · time limit ${spanOf(task.timeLimit * 1000)}`}
        ${aboutPhase(task, work)}
      </p>
      ${
        work.started
          ? html`
              <${TaskText} nodes=${work.text ?? []} />
              <div class="buttons">
                <button type="button" class="main" disabled=${isBusy} onClick=${() => act({ action: "check", exercise })}>Check</button>
                ${left > 0 && html`<button type="button" disabled=${isBusy} onClick=${() => act({ action: "hint", exercise })}>Hint (${left} left)</button>`}
              </div>
              <${Result} work=${work} heading="h3" />
            `
          : work.phase === "not open"
            ? ""
            : html`
              <p>The task is set up in your lab, and shown, when you start it.</p>
              <button type="button" class="main" disabled=${isBusy} onClick=${() => act({ action: "start", exercise })}>Start</button>
            `
      }
      <${Solution} key=${exercise} nodes=${work.solution} />
    </article>
  `;
};

/** @param {{ ends: string }} props */
function Left({ ends }) {
  const now = useNow(1000);
  const left = Date.parse(ends) - now;
  return left > 0
    ? html`<strong role="timer">${spanOf(left)} left</strong>`
    : html`<strong>the time is over: no points any more</strong>`;
}
