import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { afterEach, beforeEach } from "node:test";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import type { Task } from "../../src/board/labs.ts";
import { boardFolder, type FakeLabs, fakeLabs, type RunningBoard, startBoard } from "./board.ts";
import { useBrowser } from "./chromium.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** A board with its pages in a real browser, for the tests of a suite. */
export interface BoardPages {
  readonly labs: FakeLabs;
  readonly board: RunningBoard;
  /** Opens the page of a token's owner. */
  open(token: string, options?: BrowserContextOptions): Promise<Page>;
  /** Starts the board again after `board.stop()`, at its address. */
  startAgain(): Promise<void>;
}

/** Every test has a new class; after it, no page may have complained, asked for a dialog, or loaded anything from elsewhere. */
export function useBoardPages(students: readonly string[], tasks: () => Task[]): BoardPages {
  const browser = useBrowser();
  let place: Awaited<ReturnType<typeof boardFolder>>;
  let board: RunningBoard;
  let labs: FakeLabs;
  /** What pages asked for, and what they complained of. */
  let asked: string[] = [];
  let complaints: string[] = [];
  beforeEach(async () => {
    place = await boardFolder();
    labs = fakeLabs(students, tasks());
    board = await startBoard(labs, place);
    [asked, complaints] = [[], []];
  });
  afterEach(async () => {
    await board.stop();
    await place.remove();
    assert.deepEqual(complaints, []);
    const elsewhere = asked.filter((url) => !/^(http|ws):\/\/127\.0\.0\.1:\d+\//.test(url));
    assert.deepEqual(elsewhere, []);
    assert.deepEqual(board.errors, []);
  });
  return {
    get labs() {
      return labs;
    },
    get board() {
      return board;
    },
    open: async (token, options = {}) => {
      const page = await browser.page(options);
      page.on("request", (request) => asked.push(request.url()));
      page.on("websocket", (socket) => asked.push(socket.url()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (line) => {
        // A refused connection is a line too.
        if (line.type() === "error" && !/Failed to load resource|WebSocket connection|ERR_/.test(line.text()))
          complaints.push(line.text());
      });
      page.on("dialog", (dialog) => {
        complaints.push(`a dialog: ${dialog.message()}`);
        // It would hold up the page.
        void dialog.dismiss();
      });
      await page.goto(`${board.address}/#token-${token}`);
      return page;
    },
    startAgain: async () => {
      board = await startBoard(labs, { ...place, port: board.port });
    },
  };
}

export const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });

export const isFocused = (place: Locator): Promise<boolean> => place.evaluate((one) => one.matches(":focus"));

/** Presses Tab until a place has the focus. */
export async function reach(page: Page, place: Locator): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press("Tab");
    if (await isFocused(place)) return;
  }
  assert.fail(`${place} is not reached`);
}

/** The page has to be opened with `bypassCSP`. */
export async function assertNoViolations(page: Page): Promise<void> {
  await page.addScriptTag({ path: axe });
  const violations = await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`))",
  );
  assert.deepEqual(violations, []);
}
