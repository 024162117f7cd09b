/** @import { TerminalView } from "../src/board/view.ts" */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { codes, openScreen, socketAt } from "./screen.js";

/** @typedef {"none" | "asked" | "given" | "other"} Control */
/** @typedef {{ words: string, control?: Control }} State without `control`, it is over */

/**
 * A student's terminal in the instructor's page: read-only, until the student allows more.
 * @param {{ student: string, label: string, terminal: TerminalView, base: string, close(): void }} props
 */
export function Watch({ student, label, terminal, base, close }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  const session = useRef(/** @type {ReturnType<typeof connect> | undefined} */ (undefined));
  const [{ words, control }, setState] = useState(/** @type {State} */ ({ words: "Connecting …" }));
  useEffect(() => {
    if (!place.current) return;
    heading.current?.focus();
    const opened = connect(place.current, {
      path: `${base}watch?terminal=${terminal.id}`,
      student,
      tell: setState,
      leave: () => button.current?.focus(),
    });
    session.current = opened;
    return () => opened.close();
  }, [terminal.id, base, student]);
  const has = control === "asked" || control === "given";
  return html`
    <section class="watch" aria-labelledby="watch">
      <h4 id="watch" tabindex="-1" ref=${heading}>${label} of ${student}</h4>
      <p class="connection" role="status">${words}</p>
      <div class="buttons">
        ${
          control &&
          html`
            <button type="button" ref=${button} disabled=${control === "other"} onClick=${() => session.current?.takeOver(!has)}>
              ${control === "given" ? "Give back" : has ? "Cancel the request" : "Take over"}
            </button>
          `
        }
        <button type="button" onClick=${close}>Stop watching</button>
      </div>
      <div class="screen" ref=${place}></div>
      ${control === "given" && html`<p class="keys">Tab goes to the machine. Press Ctrl+Shift+Escape to leave the terminal.</p>`}
    </section>
  `;
}

/**
 * Connects once: what has ended, or is lost, is not the same terminal when it is back.
 * @param {HTMLElement} place
 * @param {{ path: string, student: string, tell(state: State): void, leave(): void }} to
 */
function connect(place, { path, student, tell, leave }) {
  const socket = socketAt(path);
  const screen = openScreen(place, { send: (bytes) => socket.send(bytes), leave });
  answerNothing(screen);
  screen.options.disableStdin = true;
  /** @type {Control | undefined} */
  let control;
  /** Whether this page has asked for the end of what it had. */
  let isMine = false;
  let why = "The student's terminal has ended.";
  /** @param {Control} next */
  const change = (next) => {
    if (next === control) return;
    const isEnded = next === "none" && !isMine;
    const before =
      isEnded && control === "asked"
        ? " has refused. "
        : isEnded && control === "given"
          ? " has ended it. "
          : "";
    const words = `${before && student}${before}${wordsOf(student)[next]}`;
    control = next;
    screen.options.disableStdin = next !== "given";
    tell({ words, control: next });
  };
  socket.addEventListener("message", ({ data }) => {
    if (typeof data !== "string") return screen.write(new Uint8Array(data));
    const { screen: begins, size = begins, control: next, error } = JSON.parse(data);
    // In the order of what is printed.
    if (size) screen.write(begins ? "\u001bc" : "", () => screen.resize(size.columns, size.rows));
    if (next) change(next);
    if (error) why = `${error.message}. ${error.remedy}`;
  });
  socket.addEventListener("close", ({ code }) => {
    screen.options.disableStdin = true;
    const isLost = code !== codes.ended && code !== codes.failed;
    tell({
      words: isLost ? "The connection is lost. Choose the terminal again when the board is back." : why,
    });
  });
  return {
    /** @param {boolean} takeOver */
    takeOver: (takeOver) => {
      isMine = !takeOver;
      socket.send(JSON.stringify({ takeOver }));
    },
    close: () => {
      socket.close();
      screen.dispose();
    },
  };
}

/** @param {string} student */
const wordsOf = (student) => ({
  none: "You are watching: your keys are not sent.",
  asked: `Waiting for ${student} to allow it …`,
  given: `Your keys go to this terminal, and those of ${student} too.`,
  other: "Another page of the instructor asks to type in this terminal, or types there.",
});

/**
 * Programs ask a terminal for its kind, its cursor and its colours. The student's page answers; a second answer would be typed.
 * @param {ReturnType<typeof openScreen>} screen
 */
function answerNothing({ parser }) {
  const isDone = () => true;
  for (const final of ["c", "n"])
    for (const prefix of ["", "?", ">"])
      parser.registerCsiHandler({ final, ...(prefix && { prefix }) }, isDone);
  parser.registerCsiHandler({ intermediates: "$", final: "p" }, isDone);
  parser.registerCsiHandler({ prefix: "?", intermediates: "$", final: "p" }, isDone);
  parser.registerDcsHandler({ intermediates: "$", final: "q" }, isDone);
  for (const colour of [4, 10, 11, 12]) parser.registerOscHandler(colour, isDone);
}
