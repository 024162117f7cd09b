import { FitAddon } from "@xterm/addon-fit";
import { Terminal as Xterm } from "@xterm/xterm";
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** The service's close codes. */
const codes = { ended: 4000, failed: 4001 };

/** Bytes that are sent at once. */
const most = 16 * 1024;

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
  useEffect(() => {
    if (!place.current) return;
    const opened = connect(place.current, machine, base, setState);
    session.current = opened;
    return () => opened.close();
  }, [machine, base]);
  useEffect(() => {
    if (isShown) session.current?.show();
  }, [isShown]);
  return html`
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
 * @param {(state: { words: string, isOver: boolean }) => void} tell
 */
function connect(place, machine, base, tell) {
  // No links, no clipboard, no title: what a machine prints only shows.
  const screen = new Xterm({ fontSize: 14, scrollback: 5000, screenReaderMode: true });
  const fit = new FitAddon();
  screen.loadAddon(fit);
  screen.open(place);
  let pause = pauses.first;
  let isClosed = false;
  /** @type {WebSocket | undefined} */
  let socket;
  const open = () => {
    const { cols: columns, rows } = screen;
    const query = new URLSearchParams({ machine, columns: String(columns), rows: String(rows) });
    const opening = new WebSocket(`${location.origin.replace("http", "ws")}${base}terminal?${query}`);
    opening.binaryType = "arraybuffer";
    let why = "";
    opening.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") return screen.write(new Uint8Array(data));
      const { opened, ended, error } = JSON.parse(data);
      if (opened) {
        pause = pauses.first;
        tell({ words: "Connected.", isOver: false });
        resize();
      }
      if (ended !== undefined) why = `The shell has ended with ${ended}.`;
      if (error) why = `${error.message}. ${error.remedy}`;
    });
    opening.addEventListener("close", ({ code }) => {
      if (isClosed || opening !== socket) return;
      if (code === codes.ended || code === codes.failed) return tell({ words: why, isOver: true });
      tell({ words: "The connection is lost. Connecting again …", isOver: true });
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
  const encoder = new TextEncoder();
  screen.onData((text) => {
    const bytes = encoder.encode(text);
    // What is pasted may be longer than the service takes at once.
    for (let at = 0; at < bytes.length; at += most) send(bytes.subarray(at, at + most));
  });
  screen.onBinary((text) => send(Uint8Array.from(text, (one) => one.charCodeAt(0))));
  screen.attachCustomKeyEventHandler((event) => {
    if (!(event.key === "Escape" && event.ctrlKey && event.shiftKey)) return true;
    document.getElementById(`tab-${machine}`)?.focus();
    return false;
  });
  const watching = new ResizeObserver(resize);
  watching.observe(place);
  fit.fit();
  open();
  return {
    show: () => {
      resize();
      screen.focus();
    },
    again: () => {
      tell({ words: "Connecting …", isOver: false });
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
