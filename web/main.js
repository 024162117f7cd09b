/** @import { BoardView, Refusal } from "../src/board/view.ts" */
import { html, render } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { listen, post } from "./connection.js";
import { Instructor } from "./instructor.js";
import { Student } from "./student.js";

/**
 * What a page shows instead of itself.
 * @param {{ refusal: Refusal }} props
 */
const Refused = ({ refusal }) => html`
  <main class="alone">
    <h1>labwright</h1>
    <p role="alert"><strong>${sentence(refusal.message)}</strong></p>
    <p>${refusal.remedy}</p>
  </main>
`;

/** @param {string} text */
const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** @param {{ base: string }} props */
function Page({ base }) {
  const [view, setView] = useState(/** @type {BoardView | undefined} */ (undefined));
  const [lost, setLost] = useState(/** @type {Refusal | undefined} */ (undefined));
  useEffect(
    () =>
      listen(base, {
        snapshot: (next) => {
          setLost(undefined);
          setView(next);
        },
        student: (student) =>
          setView(
            (before) =>
              before && {
                ...before,
                students: before.students.map((one) => (one.student === student.student ? student : one)),
              },
          ),
        lost: setLost,
      }),
    [base],
  );
  if (lost && (!view || lost.code !== "unreachable")) return html`<${Refused} refusal=${lost} />`;
  if (!view) return html`<main class="alone"><h1>labwright</h1><p role="status">Loading …</p></main>`;
  return html`
    ${lost && html`<p class="lost" role="alert">${sentence(lost.message)} ${lost.remedy}</p>`}
    ${
      view.student === undefined
        ? html`<${Instructor} view=${view} base=${base} />`
        : html`<${Student} view=${view} base=${base} />`
    }
  `;
}

const root = /** @type {HTMLElement} */ (document.getElementById("page"));

/** A link's token is given for a session at once, and stays neither in the address nor in the history. */
async function start() {
  const token = location.hash.slice(1);
  if (token !== "") {
    const { path } = await post("/session", { token });
    history.replaceState(null, "", path);
  }
  if (location.pathname === "/")
    throw {
      code: "no-session",
      message: "this page needs your link",
      remedy: "Open your link, or ask your instructor for it.",
    };
  render(html`<${Page} base=${location.pathname} />`, root);
}

start().catch((refusal) => render(html`<${Refused} refusal=${refusal} />`, root));
window.addEventListener("hashchange", () => location.reload());
