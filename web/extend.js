import { html } from "htm/preact";
import { useId, useState } from "preact/hooks";

/**
 * Gives a student more time for an exercise.
 * @param {{ command?: string, isBusy: boolean, extend(minutes: number): Promise<boolean> }} props
 */
export function Extend({ command, isBusy, extend }) {
  const id = useId();
  const [minutes, setMinutes] = useState("10");
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    extend(Number(minutes));
  };
  return html`
    <form class="extend" onSubmit=${submit}>
      <label for=${id}>Extend by</label>
      <input
        id=${id}
        type="number"
        min="1"
        max="600"
        step="1"
        required
        value=${minutes}
        onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => setMinutes(event.currentTarget.value)}
      />
      <span>min</span>
      <button type="submit" disabled=${isBusy}>Extend</button>
      ${command && html`<code>${command.replace("MINUTES", minutes || "MINUTES")}</code>`}
    </form>
  `;
}
