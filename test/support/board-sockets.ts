import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import type { RunningBoard } from "./board.ts";

/** A page's WebSocket: what it was shown, what it was told as JSON, and the code with which it was closed. */
export interface OpenSocket {
  socket: WebSocket;
  shown: string;
  told: string;
  code: number;
}

/** Opens a terminal as a page of the board does. */
export function openSocket(
  board: Pick<RunningBoard, "port" | "address">,
  path: string,
  headers: Record<string, string>,
): OpenSocket {
  const url = `ws://127.0.0.1:${board.port}${path}`;
  const socket = new WebSocket(url, { headers: { ...headers, Origin: board.address } });
  const page: OpenSocket = { socket, shown: "", told: "", code: 0 };
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    if (isBinary) page.shown += data.toString();
    else page.told += data.toString();
  });
  socket.on("close", (code) => {
    page.code = code;
  });
  return page;
}

/** Waits until something holds. */
export async function until(holds: () => boolean, what = "in time"): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    assert.ok(waited < 10_000, what);
    await sleep(20);
  }
}
