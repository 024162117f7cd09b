import { FitAddon } from "@xterm/addon-fit";
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { codes, openScreen, socketAt } from "./screen.js";
import { alone, Watched } from "./watched.js";

/** @import { Sharing } from "./watched.js" */

/** Between two attempts to connect again, in milliseconds: the first, and the longest. */
const pauses = { first: 500, longest: 5000 };

/**
 * A terminal on a machine. It connects again by itself when the board is back.
 * @param {{ machine: string, base: string, isShown: boolean }} props
 */
export function Terminal({ machine, base, isShown }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const session = useRef(/** @type {ReturnType<typeof connect> | undefined} */ (undefined));
  const [state, setState] = useState({ words: "Connecting …", isOver: false });
  const [sharing, setSharing] = useState(alone);
  useEffect(() => {
    if (!place.current) return;
    const opened = connect(place.current, machine, base, { state: setState, sharing: setSharing });
    session.current = opened;
    return () => opened.close();
  }, [machine, base]);
  useEffect(() => {
    if (isShown) session.current?.show();
  }, [isShown]);
  /** @param {boolean} isAllowed */
  const answer = (isAllowed) => {
    session.current?.answer(isAllowed);
    // The button goes: the keys are for the terminal again.
    if (isShown) session.current?.show();
    else document.getElementById(`tab-${machine}`)?.focus();
  };
  return html`
    <${Watched} machine=${machine} sharing=${sharing} answer=${answer} />
    <div
      class="terminal"
      role="tabpanel"
      id=${`terminal-${machine}`}
      aria-labelledby=${`tab-${machine}`}
      hidden=${!isShown}
    >
      <p class="connection" role="status">
        ${state.words}${" "}
        ${state.isOver && html`<button type="button" onClick=${() => session.current?.again()}>Open again</button>`}
      </p>
      <div class="screen" ref=${place}></div>
      <p class="keys">Tab goes to the machine. Press Ctrl+Shift+Escape to leave the terminal.</p>
    </div>
  `;
}

/**
 * @param {HTMLElement} place
 * @param {string} machine
 * @param {string} base
 * @param {{ state(state: { words: string, isOver: boolean }): void, sharing(sharing: Sharing): void }} tell
 */
function connect(place, machine, base, tell) {
  const screen = openScreen(place, {
    send: (bytes) => send(bytes),
    leave: () => document.getElementById(`tab-${machine}`)?.focus(),
  });
  const fit = new FitAddon();
  screen.loadAddon(fit);
  let pause = pauses.first;
  let isClosed = false;
  /** @type {WebSocket | undefined} */
  let socket;
  const open = () => {
    const { cols: columns, rows } = screen;
    const query = new URLSearchParams({ machine, columns: String(columns), rows: String(rows) });
    const opening = socketAt(`${base}terminal?${query}`);
    let why = "";
    opening.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") return screen.write(new Uint8Array(data));
      const { opened, watchers, control, ended, error } = JSON.parse(data);
      if (opened) {
        pause = pauses.first;
        tell.state({ words: "Connected.", isOver: false });
        resize();
      }
      if (watchers !== undefined) tell.sharing({ watchers, control });
      if (ended !== undefined) why = `The shell has ended with ${ended}.`;
      if (error) why = `${error.message}. ${error.remedy}`;
    });
    opening.addEventListener("close", ({ code }) => {
      if (isClosed || opening !== socket) return;
      tell.sharing(alone);
      if (code === codes.ended || code === codes.failed) return tell.state({ words: why, isOver: true });
      tell.state({ words: "The connection is lost. Connecting again …", isOver: true });
      setTimeout(() => opening === socket && !isClosed && open(), pause);
      pause = Math.min(pause * 2, pauses.longest);
    });
    socket = opening;
  };
  /** @param {string | Uint8Array<ArrayBuffer>} data */
  const send = (data) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(data);
  };
  const resize = () => {
    if (place.offsetParent === null) return;
    fit.fit();
    send(JSON.stringify({ columns: screen.cols, rows: screen.rows }));
  };
  const watching = new ResizeObserver(resize);
  watching.observe(place);
  fit.fit();
  open();
  return {
    show: () => {
      resize();
      screen.focus();
    },
    /** @param {boolean} allow */
    answer: (allow) => send(JSON.stringify({ allow })),
    again: () => {
      tell.sharing(alone);
      tell.state({ words: "Connecting …", isOver: false });
      socket?.close();
      open();
    },
    close: () => {
      isClosed = true;
      watching.disconnect();
      socket?.close();
      screen.dispose();
    },
  };
}
