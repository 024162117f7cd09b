/** @import { StudentView } from "../src/board/view.ts" */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * Asks before a lab is reset, and says what will be lost.
 * @param {{ one: StudentView, act(body: Record<string, string>): Promise<boolean>, close(): void }} props
 */
export function ResetDialog({ one: { student, works }, act, close }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => dialog.current?.showModal(), []);
  const started = works.filter((work) => work.started !== undefined).map(({ exercise }) => exercise);
  const reset = () => {
    act({ action: "reset" });
    close();
  };
  return html`
    <dialog ref=${dialog} onClose=${close} aria-labelledby="reset">
      <h2 id="reset">Reset the lab of ${student}?</h2>
      <p>These are lost:</p>
      <ul>
        <li>all that ${student} has changed on the machines and in the cluster since the baseline, with files and running programs</li>
        <li>
          ${
            started.length > 0
              ? `the exercises that are started: ${started.join(", ")}, which have to be started again`
              : "no exercise: none is started"
          }
        </li>
        <li>open terminals, if machines have to be replaced</li>
      </ul>
      <p>Points, attempts and the best results stay.</p>
      <div class="buttons">
        <button type="button" onClick=${close}>Cancel</button>
        <button type="button" class="danger" onClick=${reset}>Reset</button>
      </div>
    </dialog>
  `;
}
