/** @import { BoardView, CommandLines, StudentView, TaskView, WorkView } from "../src/board/view.ts" */
/** @import { MarkdownNode } from "../src/ui/markdown-node.ts" */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAction } from "./act.js";
import { Extend } from "./extend.js";
import { LabPage } from "./lab-page.js";
import { OpenTerminals } from "./open-terminals.js";
import { ResetDialog } from "./reset-dialog.js";
import { Job, Result } from "./result.js";
import { Solution } from "./task-text.js";
import { Timeline } from "./timeline.js";
import {
  aboutBackground,
  aboutExtension,
  aboutPhase,
  aboutWork,
  Mark,
  seenProgress,
  timeOf,
} from "./words.js";

/** @typedef {(body: Record<string, string | number>) => Promise<boolean>} Act */

/**
 * One student: what the checks have seen, and what the instructor can do. Each button shows the command that does the same.
 * @param {{ view: BoardView, one: StudentView, base: string }} props
 */
export function Detail({ view, one, base }) {
  const { student, works, lab, job, hand, message } = one;
  const commands = view.commands?.[student] ?? {};
  const { act, words } = useAction(base);
  const [isAsking, setIsAsking] = useState(false);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => heading.current?.focus(), [student]);
  /** @param {Record<string, string | number>} body */
  const doIt = (body) => act({ ...body, student });
  const isBusy = job !== undefined && !job.ended;
  return html`
    <section class="detail" aria-labelledby="detail">
      <h2 id="detail" tabindex="-1" ref=${heading}>${student}</h2>
      ${hand && html`<p><button type="button" onClick=${() => doIt({ action: "answer" })}>⚑ Answer the raised hand</button></p>`}
      <${Job} job=${job} />
      ${words}
      <${Lab} ...${{ lab: lab.words, commands, isBusy, act: doIt, reset: () => setIsAsking(true) }} />
      ${view.nodePort && html`<${LabPage} nodePort=${view.nodePort} base=${base} student=${student} />`}
      <${OpenTerminals} student=${student} terminals=${one.terminals} base=${base} />
      <${Message} act=${doIt} message=${message} />
      ${view.links?.[student] && html`<p class="link">The student's link: <code>${view.links[student]}</code></p>`}
      ${works.map((work) => {
        const task = view.tasks.find(({ exercise }) => exercise === work.exercise);
        return (
          task &&
          html`<${Work} key=${work.exercise} ...${{ task, work, solution: view.solutions?.[work.exercise], commands, isBusy, act: doIt }} />`
        );
      })}
      ${one.agreed && html`<p>${student} agrees that exports keep the typed commands.</p>`}
      <${Timeline} entries=${one.timeline ?? []} />
      ${isAsking && html`<${ResetDialog} one=${one} act=${doIt} close=${() => setIsAsking(false)} />`}
    </section>
  `;
}

/** @param {{ lab: string, commands: CommandLines, isBusy: boolean, act: Act, reset(): void }} props */
const Lab = ({ lab, commands, isBusy, act, reset }) => html`
  <h3>Lab: ${lab}</h3>
  <div class="buttons">
    <${Button} label="Reset …" command=${commands.reset} isBusy=${isBusy} press=${reset} />
    <${Button} label="Pause" command=${commands.pause} isBusy=${isBusy} press=${() => act({ action: "pause" })} />
    <${Button} label="Resume" command=${commands.resume} isBusy=${isBusy} press=${() => act({ action: "resume" })} />
  </div>
`;

/** @param {{ label: string, command?: string, isBusy: boolean, press(): void }} props */
const Button = ({ label, command, isBusy, press }) => html`
  <div class="button">
    <button type="button" disabled=${isBusy} onClick=${press}>${label}</button>
    ${command && html`<code>${command}</code>`}
  </div>
`;

/** @param {{ message: StudentView["message"], act: Act }} props */
function Message({ message, act }) {
  const [text, setText] = useState("");
  /** @param {Event} event */
  const send = async (event) => {
    event.preventDefault();
    if (text.trim() !== "" && (await act({ action: "message", text }))) setText("");
  };
  return html`
    <form class="message" onSubmit=${send}>
      <label for="message">Message to the student</label>
      <input
        id="message"
        maxlength="2000"
        value=${text}
        onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => setText(event.currentTarget.value)}
      />
      <button type="submit">Send</button>
    </form>
    ${message && html`<p class="sent">Not closed by the student yet, sent at ${timeOf(message.at)}: ${message.text}</p>`}
  `;
}

/** @param {{ task: TaskView, work: WorkView, solution?: MarkdownNode[], commands: CommandLines, isBusy: boolean, act: Act }} props */
function Work({ task, work, solution, commands, isBusy, act }) {
  const { exercise } = work;
  /** @param {string | undefined} command */
  const line = (command) => command?.replace("EXERCISE", exercise);
  return html`
    <section class="work" aria-labelledby=${`work-${exercise}`}>
      <h3 id=${`work-${exercise}`}>${exercise}: ${task.title}</h3>
      <p>
        <${Mark} progress=${seenProgress(work)} /> ${aboutWork(work)}
        ${work.background && ` · ${aboutBackground(work.background)}`}
        ${work.started && html` · started at ${timeOf(work.started)}`}
        ${work.ends && html` · time limit ends at ${timeOf(work.ends)}`}${aboutExtension(work)}
        ${work.solved && " · solved by labwright"}
        ${aboutPhase(task, work)}
      </p>
      <div class="buttons">
        ${
          work.started
            ? html`
                <${Button} label="Check" command=${line(commands.check)} isBusy=${isBusy} press=${() => act({ action: "check", exercise })} />
                <${Button} label="Give a hint" command=${line(commands.hint)} isBusy=${isBusy} press=${() => act({ action: "hint", exercise })} />
              `
            : html`<${Button} label="Start" command=${line(commands.start)} isBusy=${isBusy} press=${() => act({ action: "start", exercise })} />`
        }
      </div>
      ${
        work.started &&
        (work.ends || work.closes) &&
        html`<${Extend} command=${line(commands.extend)} isBusy=${isBusy} extend=${(/** @type {number} */ minutes) => act({ action: "extend", exercise, minutes })} />`
      }
      <${Result} work=${work} heading="h4" />
      <${Solution} nodes=${solution} />
    </section>
  `;
}
