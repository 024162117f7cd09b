import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { task } from "../support/board.ts";
import { assertNoViolations, button, isFocused, reach, useBoardPages } from "../support/board-pages.ts";
import { until } from "../support/board-sockets.ts";
import { noChromium } from "../support/chromium.ts";

describe("a watched terminal in a real browser", { skip: noChromium }, () => {
  const pages = useBoardPages(["alice", "bob"], () => [task("jobs")]);
  const watching = "cp: your instructor is watching this terminal.";

  /** Opens the terminal on cp in alice's page, and watches it in the instructor's. */
  async function watched(options: Parameters<typeof pages.open>[1] = {}) {
    const [student, instructor] = await Promise.all([
      pages.open("alice", options),
      pages.open("instructor", options),
    ]);
    await button(instructor, "alice").click();
    await instructor.getByText("alice has no terminal open.").waitFor();
    await student.getByRole("tab", { name: "cp" }).click();
    await student.getByText("Connected.").waitFor();
    const [shell] = pages.labs.shells;
    if (!shell) throw new Error("no shell");
    shell.stream.push("from before\r\n");
    await shows(student, "from before");
    await button(instructor, "Watch cp").click();
    await student.getByRole("status").getByText(watching).waitFor();
    await instructor.getByText("You are watching: your keys are not sent.").waitFor();
    return { student, instructor, shell };
  }
  /** The place of the terminal that can be watched now, or last could. */
  const watchable = (page: Page) => page.locator("[id^=watch-]").getAttribute("id");

  /** Watches the terminal that comes after another one. */
  const watchNext = (page: Page, before: string | null) =>
    page.locator(`[id^=watch-]:not([id="${before}"])`).click();

  const shows = (page: Page, text: string) => page.locator(".xterm-rows").getByText(text).first().waitFor();
  const screen = (page: Page) => page.locator(".xterm-helper-textarea");

  /** Asks, and has the student allow it. */
  async function takeOver(student: Page, instructor: Page): Promise<void> {
    await button(instructor, "Take over").click();
    await button(student, "Allow").click();
    await instructor.getByText("Your keys go to this terminal, and those of alice too.").waitFor();
  }

  test("both pages say who watches, asks and types, and either ends it", async () => {
    const { student, instructor, shell } = await watched();
    await shows(instructor, "from before");
    shell.stream.push("from now\r\n");
    await shows(instructor, "from now");
    const size = await student.locator(".xterm-rows > div").count();
    assert.equal(await instructor.locator(".xterm-rows > div").count(), size, "it has the student's size");

    await button(instructor, "Take over").click();
    await instructor.getByText("Waiting for alice to allow it …").waitFor();
    await student
      .getByRole("status")
      .getByText(`${watching.slice(0, -1)}, and asks to type in it too.`)
      .waitFor();
    await button(student, "Refuse").click();
    await instructor.getByText("alice has refused. You are watching").waitFor();
    assert.equal(await isFocused(screen(student)), true, "the student types on");

    await takeOver(student, instructor);
    await student.getByText("cp: your instructor types in this terminal too.").waitFor();
    await student.getByText("Your own keys still work.").waitFor();
    await screen(instructor).pressSequentially("help");
    await shows(student, "help");
    await screen(student).pressSequentially("me");
    await shows(instructor, "helpme");
    await button(student, "Stop").click();
    await instructor.getByText("alice has ended it. You are watching").waitFor();

    await takeOver(student, instructor);
    await button(instructor, "Give back").click();
    await student.getByText(watching).waitFor();
    await instructor.getByText("You are watching: your keys are not sent.", { exact: true }).waitFor();
    await button(instructor, "Take over").click();
    await button(instructor, "Cancel the request").click();
    await button(student, "Allow").waitFor({ state: "detached" });
    await instructor.getByText("You are watching: your keys are not sent.", { exact: true }).waitFor();
    await button(instructor, "Stop watching").click();
    await student.getByText(watching).waitFor({ state: "detached" });
    assert.equal(shell.typed, "helpme");
  });

  test("a student who works in another terminal is asked, too, and no key that is on its way answers", async () => {
    const { student, instructor, shell } = await watched();
    await student.getByRole("tab", { name: "w" }).click();
    await student.locator("#terminal-w").getByText("Connected.").waitFor();
    await screen(student).nth(1).pressSequentially("a");
    await button(instructor, "Take over").click();
    await button(student, "Allow").waitFor();
    await student.keyboard.type("b \r");
    await until(() => pages.labs.shells[1]?.typed === "ab \r", "the keys go where the focus was");
    await button(student, "Allow").click();
    await instructor.getByText("Your keys go to this terminal").waitFor();
    assert.equal(await isFocused(student.getByRole("tab", { name: "cp" })), true);
    assert.equal(shell.typed, "");
  });

  test("a terminal that its student closes, and a board that starts again, end it in words", async () => {
    const { student, instructor, shell } = await watched();
    const first = await watchable(instructor);
    await takeOver(student, instructor);
    await screen(student).pressSequentially("exit\r");
    await instructor.getByText("The student's terminal has ended.").waitFor();
    assert.equal(await button(instructor, "Give back").count(), 0);
    await student.getByText("cp: your instructor").waitFor({ state: "detached" });
    await button(student, "Open again").click();
    await button(instructor, "Stop watching").click();
    await watchNext(instructor, first);
    await takeOver(student, instructor);
    const second = await watchable(instructor);
    await pages.board.stop();
    await instructor.getByText("The connection is lost. Choose the terminal again").waitFor();
    await student.getByText("cp: your instructor").waitFor({ state: "detached" });
    await pages.startAgain();
    await button(instructor, "Stop watching").click();
    await watchNext(instructor, second);
    await instructor.getByText("You are watching: your keys are not sent.").waitFor();
    assert.equal(shell.typed, "exit\r");
  });

  test("what a student's terminal prints runs nothing in the instructor's page, and has no answers from it", async () => {
    const { student, instructor, shell } = await watched();
    await takeOver(student, instructor);
    // The shell echoes the answers: the one to "[>c" would be a question again.
    const questions = [
      "[c",
      "[6n",
      "[?6n",
      "[5n",
      "[4$p",
      "[?1$p",
      "P$qm\u001b\\",
      "]10;?\u0007",
      "]4;1;?\u0007",
    ];
    const hostile = [
      ...[`<img src=x onerror="document.title='hacked'">`, "\u001b]0;hacked\u0007", "\u001b]2;hacked\u0007"],
      "\u001b]52;c;aGFja2Vk\u0007",
      "\r\n\u001b]8;;https://evil.example/\u0007press here\u001b]8;;\u0007\r\n",
    ];
    shell.stream.push(hostile.join(""));
    for (const page of [student, instructor]) {
      await shows(page, "onerror");
      const place = await page.locator(".xterm-rows").getByText("press here").first().boundingBox();
      if (!place) throw new Error("no link");
      await page.mouse.move(place.x + 20, place.y + 5);
      await page.mouse.click(place.x + 21, place.y + 6);
      assert.equal(await page.title(), "labwright");
      assert.equal(await page.locator("img, iframe, #page script").count(), 0);
    }
    const before = shell.typed.length;
    shell.stream.push(questions.map((one) => `\u001b${one}`).join(""));
    shell.stream.push("asked\r\n");
    await shows(instructor, "asked");
    await until(() => shell.typed.length > before, "the student's page answers");
    await screen(instructor).pressSequentially("z");
    await until(() => shell.typed.endsWith("z"), "what was sent before it is here, too");
    for (const answer of ["\u001b[?1;2c", "\u001b[0n", "\u001b]10;rgb"])
      assert.equal(shell.typed.split(answer).length - 1, 1, JSON.stringify([answer, shell.typed]));
  });

  test("all is done by keyboard alone, and a read-only terminal keeps no keys", async () => {
    const { student, instructor, shell } = await watched();
    assert.equal(await isFocused(instructor.getByRole("heading", { name: "cp of alice" })), true);
    await reach(instructor, button(instructor, "Take over"));
    await reach(instructor, screen(instructor));
    await instructor.keyboard.type("x");
    await instructor.keyboard.press("Tab");
    assert.equal(await isFocused(screen(instructor)), false, "Tab goes on");
    await instructor.keyboard.press("Shift+Tab");
    await instructor.keyboard.press("Control+Shift+Escape");
    assert.equal(await isFocused(button(instructor, "Take over")), true);
    await instructor.keyboard.press("Enter");
    await button(student, "Allow").waitFor();
    await student.keyboard.press("Control+Shift+Escape");
    await reach(student, button(student, "Allow"));
    await student.keyboard.press("Enter");
    await button(instructor, "Give back").waitFor();
    await reach(instructor, screen(instructor));
    await instructor.keyboard.type("y");
    await shows(student, "y");
    await instructor.keyboard.press("Control+Shift+Escape");
    assert.equal(await isFocused(button(instructor, "Give back")), true);
    await instructor.keyboard.press("Enter");
    await button(instructor, "Take over").waitFor();
    await reach(instructor, button(instructor, "Stop watching"));
    await instructor.keyboard.press("Enter");
    await instructor.getByRole("heading", { name: "cp of alice" }).waitFor({ state: "detached" });
    assert.equal(await isFocused(button(instructor, "Watch cp")), true);
    assert.equal(shell.typed, "y");
  });

  test("two terminals on one machine are told apart, and on a phone no page scrolls sideways", async () => {
    const viewport = { width: 375, height: 700 };
    const { student, instructor } = await watched({ viewport });
    const second = await pages.open("alice");
    await second.getByRole("tab", { name: "cp" }).click();
    await instructor
      .getByRole("button", { name: /^Watch cp, open since \d/ })
      .nth(1)
      .waitFor();
    await takeOver(student, instructor);
    assert.equal(await second.getByText("your instructor").count(), 0);
    for (const page of [student, instructor])
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 375);
  });

  for (const colorScheme of ["light", "dark"] as const)
    test(`axe finds nothing while a terminal is watched, asked for and taken over: ${colorScheme}`, async () => {
      const { student, instructor } = await watched({ colorScheme, bypassCSP: true });
      const look = async () => {
        for (const page of [student, instructor]) await assertNoViolations(page);
      };
      await look();
      await button(instructor, "Take over").click();
      await button(student, "Allow").waitFor();
      await look();
      await button(student, "Allow").click();
      await button(instructor, "Give back").waitFor();
      await look();
      await student.close();
      await instructor.getByText("The student's terminal has ended.").waitFor();
      await assertNoViolations(instructor);
    });
});
