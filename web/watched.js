import { html } from "htm/preact";

/** @typedef {{ watchers: number, control: "none" | "asked" | "given" }} Sharing */

/** @type {Sharing} */
export const alone = { watchers: 0, control: "none" };

/**
 * That the instructor watches a terminal of the student, asks to type in it, or types in it. It is shown also while another terminal is
 * chosen, and takes no focus: keys that are on their way must not answer.
 * @param {{ machine: string, sharing: Sharing, answer(isAllowed: boolean): void }} props
 */
export const Watched = ({ machine, sharing: { watchers, control }, answer }) => html`
  <div class="watched" role="status">
    ${
      watchers > 0 &&
      html`
        <p>
          <strong>${machine}: your instructor ${doings[control]}</strong>
          ${control === "given" && " Your own keys still work."}
        </p>
      `
    }
    ${
      control !== "none" &&
      html`
        <div class="buttons">
          ${control === "asked" && html`<button key="allow" type="button" onClick=${() => answer(true)}>Allow</button>`}
          <button key=${control} type="button" onClick=${() => answer(false)}>${control === "asked" ? "Refuse" : "Stop"}</button>
        </div>
      `
    }
  </div>
`;

const doings = {
  none: "is watching this terminal.",
  asked: "is watching this terminal, and asks to type in it too.",
  given: "types in this terminal too.",
};
