/** @import { TimelineEntry } from "../src/board/view.ts" */
import { html } from "htm/preact";
import { momentOf } from "./words.js";

/**
 * What is known of a student, the latest first.
 * @param {{ entries: TimelineEntry[] }} props
 */
export const Timeline = ({ entries }) => html`
  <section aria-labelledby="timeline">
    <h3 id="timeline">Timeline</h3>
    ${
      entries.length === 0
        ? html`<p>Nothing has happened yet.</p>`
        : html`
            <ol class="timeline" tabindex="0" aria-labelledby="timeline">
              ${entries.map(
                ({ at, exercise, words }) => html`
                  <li><time datetime=${at}>${momentOf(at)}</time> ${exercise && html`<strong>${exercise}</strong>`} ${words}</li>
                `,
              )}
            </ol>
          `
    }
  </section>
`;
