/** @import { BackgroundView, Progress, TaskView, WorkView } from "../src/board/view.ts" */
import { html } from "htm/preact";

/**
 * A time of day.
 * @param {string} at
 */
export const timeOf = (at) =>
  new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/**
 * How long ago something was, or how long it still is.
 * @param {number} milliseconds
 */
export function spanOf(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A state is told by its shape and its word; the colour only helps. */
const shapes = { "not started": "○", working: "◐", stuck: "▲", passed: "✔" };

/** @param {{ progress: Progress }} props */
export const Mark = ({ progress }) => html`
  <span class=${`mark ${progress.replace(" ", "-")}`}>
    <span aria-hidden="true">${shapes[progress]}</span>${" "}${progress}
  </span>
`;

/**
 * Attempts and points in a few words.
 * @param {WorkView} work
 */
export const aboutWork = ({ progress, attempts, right, goals, points }) =>
  [
    ...(progress !== "passed" && right !== undefined ? [`${right} of ${goals} right`] : []),
    ...(attempts > 0 ? [`${attempts} ${attempts === 1 ? "check" : "checks"}`] : []),
    ...(points > 0 ? [`${points} points`] : []),
  ].join(", ");

/**
 * How a student's work stands, by what background checks have seen too.
 * @param {WorkView} work
 */
export const seenProgress = ({ progress, background }) => background?.progress ?? progress;

/**
 * What the last background check has seen.
 * @param {BackgroundView} background
 */
export const aboutBackground = ({ at, right, goals }) =>
  `background check at ${timeOf(at)}: ${right} of ${goals} right`;

/**
 * Whether the class may work on a task now, if it has times.
 * @param {TaskView} task
 * @param {WorkView} work
 */
export function aboutPhase({ opens }, { phase, closes }) {
  if (phase === "not open" && opens) return ` · opens at ${dayOf(opens)}`;
  if (phase === "closed" && closes) return ` · closed at ${dayOf(closes)}: checks do not count any more`;
  return closes ? ` · closes at ${dayOf(closes)}` : "";
}

/**
 * A day and a time of day; the time alone, if it was today.
 * @param {string} at
 */
export function momentOf(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? timeOf(at) : `${new Date(at).toLocaleDateString()}, ${timeOf(at)}`;
}

/**
 * How much more time the instructor has given.
 * @param {WorkView} work
 */
export const aboutExtension = ({ extended }) => (extended ? ` · ${spanOf(extended * 1000)} more` : "");

/** @param {string} at */
const dayOf = (at) => new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
