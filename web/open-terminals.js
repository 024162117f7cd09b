/** @import { TerminalView } from "../src/board/view.ts" */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { Watch } from "./watch.js";
import { timeOf } from "./words.js";

/**
 * The terminals that a student has open, and the one that is watched.
 * @param {{ student: string, terminals: TerminalView[], base: string }} props
 */
export function OpenTerminals({ student, terminals, base }) {
  const [watched, setWatched] = useState(
    /** @type {{ terminal: TerminalView, label: string } | undefined} */ (undefined),
  );
  /** @param {TerminalView} terminal */
  const labelOf = ({ machine, since }) =>
    terminals.filter((one) => one.machine === machine).length > 1
      ? `${machine}, open since ${timeOf(since)}`
      : machine;
  const close = () => {
    const from =
      document.getElementById(`watch-${watched?.terminal.id}`) ?? document.getElementById("detail");
    from?.focus();
    setWatched(undefined);
  };
  return html`
    <h3>Terminals</h3>
    ${terminals.length === 0 && html`<p>${student} has no terminal open.</p>`}
    <div class="buttons">
      ${terminals.map((terminal) => {
        const label = labelOf(terminal);
        return html`
          <button
            key=${terminal.id}
            type="button"
            id=${`watch-${terminal.id}`}
            aria-pressed=${terminal.id === watched?.terminal.id}
            onClick=${() => setWatched({ terminal, label })}
          >
            Watch ${label}
          </button>
        `;
      })}
    </div>
    ${watched && html`<${Watch} key=${watched.terminal.id} ...${{ student, ...watched, base, close }} />`}
  `;
}
