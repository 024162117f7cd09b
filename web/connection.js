/** @import { BoardView, Refusal, StudentView } from "../src/board/view.ts" */

/**
 * Asks the service for something. Throws a Refusal.
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => {
    throw unreachable;
  });
  const answer = await response.json();
  if (!response.ok) throw answer;
  return answer;
}

/** @type {Refusal} */
const unreachable = {
  code: "unreachable",
  message: "the board does not answer",
  remedy: "Wait until it is back. This page goes on by itself.",
};

/** How long until a stream that was refused is asked for again, in milliseconds. */
const pause = 1000;

/**
 * Listens to the service: first a snapshot, then the view of each student that changes. Goes on by itself when the board is back.
 * @param {string} base the path of the page
 * @param {{ snapshot(view: BoardView): void, student(view: StudentView): void, lost(refusal: Refusal): void }} hear
 */
export function listen(base, hear) {
  const source = new EventSource(`${base}events`);
  source.addEventListener("snapshot", ({ data }) => hear.snapshot(JSON.parse(data)));
  source.addEventListener("student", ({ data }) => hear.student(JSON.parse(data)));
  source.addEventListener("error", async () => {
    if (source.readyState !== EventSource.CLOSED) return hear.lost(unreachable);
    // The stream does not tell why it was refused.
    hear.lost((await refusalAt(`${base}me`)) ?? unreachable);
    setTimeout(() => listen(base, hear), pause);
  });
}

/**
 * @param {string} path
 * @returns {Promise<Refusal | undefined>}
 */
async function refusalAt(path) {
  try {
    const response = await fetch(path);
    return response.ok ? undefined : await response.json();
  } catch {
    return unreachable;
  }
}
