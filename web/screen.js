import { Terminal as Xterm } from "@xterm/xterm";

/** Bytes that are sent at once. */
const most = 16 * 1024;

/** How a page connects to a terminal. */
export const socketAt = (/** @type {string} */ path) => {
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}${path}`);
  socket.binaryType = "arraybuffer";
  return socket;
};

/** The service's close codes. */
export const codes = { ended: 4000, failed: 4001 };

/**
 * A terminal's screen. What a machine prints only shows: no links, no clipboard, no title.
 * @param {HTMLElement} place
 * @param {{ send(bytes: Uint8Array<ArrayBuffer>): void, leave(): void }} to where what is typed goes, and the focus with the keys for it
 */
export function openScreen(place, { send, leave }) {
  const screen = new Xterm({ fontSize: 14, scrollback: 5000, screenReaderMode: true });
  screen.parser.registerOscHandler(8, () => true);
  screen.open(place);
  const encoder = new TextEncoder();
  screen.onData((text) => {
    const bytes = encoder.encode(text);
    // What is pasted may be longer than the service takes at once.
    for (let at = 0; at < bytes.length; at += most) send(bytes.subarray(at, at + most));
  });
  screen.onBinary((text) => send(Uint8Array.from(text, (one) => one.charCodeAt(0))));
  screen.attachCustomKeyEventHandler((event) => {
    if (event.key === "Escape" && event.ctrlKey && event.shiftKey) {
      leave();
      return false;
    }
    // A screen that takes no keys leaves them to the page, but for scrolling.
    return !screen.options.disableStdin || (event.shiftKey && event.key.startsWith("Page"));
  });
  return screen;
}
