import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { Terminal } from "./terminal.js";

/**
 * A tab for each machine. A terminal is opened when its tab is first chosen, and stays open behind the others.
 * @param {{ machines: string[], base: string }} props
 */
export function Terminals({ machines, base }) {
  const [chosen, setChosen] = useState(/** @type {string | undefined} */ (undefined));
  const [opened, setOpened] = useState(/** @type {string[]} */ ([]));
  /** @param {string} machine */
  const choose = (machine) => {
    setChosen(machine);
    setOpened((before) => (before.includes(machine) ? before : [...before, machine]));
  };
  /** @param {KeyboardEvent} event */
  const step = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tabs = [...document.querySelectorAll('[role="tab"]')];
    const at = tabs.findIndex((tab) => tab.matches(":focus"));
    if (by === undefined || at < 0) return;
    event.preventDefault();
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next instanceof HTMLElement) next.focus();
  };
  const reached = chosen ?? machines[0];
  return html`
    <section class="terminals" aria-label="Terminals">
      <div role="tablist" aria-label="Machines" onKeyDown=${step}>
        ${machines.map(
          (machine) => html`
            <button
              type="button"
              role="tab"
              id=${`tab-${machine}`}
              aria-selected=${machine === chosen}
              aria-controls=${opened.includes(machine) ? `terminal-${machine}` : undefined}
              tabindex=${machine === reached ? 0 : -1}
              onClick=${() => choose(machine)}
            >
              ${machine}
            </button>
          `,
        )}
      </div>
      ${chosen === undefined && html`<p class="empty">Choose a machine to open a terminal there.</p>`}
      ${opened.map(
        (machine) => html`
          <${Terminal} key=${machine} machine=${machine} base=${base} isShown=${machine === chosen} />
        `,
      )}
    </section>
  `;
}
