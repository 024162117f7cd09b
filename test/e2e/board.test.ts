import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { freePort } from "../contract/hosts-sshd.ts";
import { type BoardProgram, startBoardProgram } from "../support/board-program.ts";
import { noChromium, useBrowser } from "../support/chromium.ts";
import { classFolder, long, runnerOf, succeeds, type TestLab } from "./support.ts";

/** A student in nothing but a browser: a real class, its board, and the ticket that is solved behind a jump host. */
const classFile = "name: e2e-board\nstudents: [alice, bob]\nexercises: [docker-macvlan]\n";
const labFile = `name: one
playbooks: []
machines:
  - { name: jump_host, role: jump-host, user: thor, login: [key, password] }
  - name: stapp01
    role: app-server
    user: tony
    via: jump_host
    sudo: password
    login: [key, password]
    software: [docker]
`;
const network =
  "sudo docker network create -d macvlan -o parent=eth0 --subnet 172.28.0.0/24 --ip-range 172.28.0.0/24 news";

describe("a class in a browser", { skip: noChromium || long }, () => {
  const browser = useBrowser();
  let folder: string;
  let labwright: TestLab["labwright"];
  let board: BoardProgram | undefined;
  let address: string;
  let student: Page;
  let instructor: Page;

  before(async () => {
    folder = await classFolder("board");
    await writeFile(join(folder, "class.yaml"), classFile);
    await writeFile(join(folder, "lab.yaml"), labFile);
    labwright = runnerOf(join(folder, "class.yaml"), join(folder, "kubeconfig"));
    await labwright(["class", "down", "--forget"]);
    succeeds(await labwright(["class", "up"]));
    const port = await freePort();
    address = `http://127.0.0.1:${port}`;
    board = await startBoardProgram(folder, port);
  });
  after(async () => {
    board?.child.kill("SIGINT");
    await board?.exited;
    await labwright(["class", "down", "--forget"]);
    await rm(folder, { recursive: true });
  });

  const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
  const screen = () => student.getByRole("tabpanel").locator(".xterm-rows").filter({ visible: true });
  const types = (text: string) => student.keyboard.type(`${text}\r`);
  /** What a terminal shows last; a line that is too long for it is broken there. */
  const shows = async (text: RegExp) => {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const shown = (await screen().innerText()).replaceAll("\u00a0", " ");
      if (text.test(shown.trimEnd())) return;
      assert.ok(Date.now() < deadline, `the terminal shows no ${text}:\n${shown}`);
      await student.waitForTimeout(100);
    }
  };
  let password: string;

  test("the card has a link and passwords", async () => {
    const file = join(folder, "cards.html");
    succeeds(await labwright(["class", "cards", file, "--board", address]));
    const cards = await browser.page();
    await cards.goto(pathToFileURL(file).href);
    const card = cards.locator(".card").filter({ hasText: "alice" });
    password = await card
      .getByRole("row")
      .filter({ hasText: "stapp01" })
      .filter({ hasText: "tony" })
      .getByRole("cell")
      .nth(2)
      .innerText();
    const link = (await card.getByRole("link").getAttribute("href")) ?? "";
    assert.ok(link.startsWith(`${address}/#`), link);
    [student, instructor] = await Promise.all([browser.page(), browser.page()]);
    await student.goto(link);
    await instructor.goto(`${address}/#${board?.token}`);
    await student.getByRole("heading", { name: "e2e-board: alice" }).waitFor();
  });

  test("a task is started, and a check says what is missing", async () => {
    await button(student, /^Start/).click();
    await button(student, /^Check/).waitFor({ timeout: 120_000 });
    await button(student, /^Check/).click();
    await student.getByText("there is no network news").waitFor();
    await instructor.getByRole("row", { name: /alice/ }).getByText("working").waitFor();
  });

  test("the ticket is solved in the terminal, from the jump host on, and the instructor sees it in 2 s", async (t) => {
    await student.getByRole("tab", { name: "jump_host" }).click();
    await student.getByText("Connected.").waitFor();
    await shows(/thor@.*\$$/);
    await types("labwright check; echo exit=$?");
    await shows(/there is no network news[\s\S]*exit=1[\s\S]*\$$/);
    await types("ssh -o StrictHostKeyChecking=accept-new tony@stapp01");
    await shows(/password:$/);
    await types(password);
    await shows(/tony@stapp01.*\$$/);
    await types(network);
    await shows(/password for tony:$/);
    await types(password);
    await shows(/^[0-9a-f]{64}$[\s\S]*\$$/m);
    await button(student, /^Check/).click();
    await student.getByText(/Passed: /).waitFor();
    const passed = Date.now();
    await instructor.getByRole("row", { name: /alice/ }).getByText("passed").waitFor();
    const seconds = (Date.now() - passed) / 1000;
    assert.ok(seconds < 2, `${seconds} s`);
    t.diagnostic(`seen after ${seconds.toFixed(2)} s`);
    const exported = succeeds(await labwright(["class", "export"])).output;
    // On the page, by the command, and on the page again.
    assert.match(exported, /^alice,docker-macvlan,passed,3,10,10,/m);
    assert.match(exported, /^bob,docker-macvlan,not started,0/m);
  });

  test("the lab is reset from the page, and the grade stays", async (t) => {
    await instructor.getByRole("button", { name: "alice", exact: true }).click();
    await button(instructor, /^Reset/).click();
    await instructor.getByRole("dialog").getByText("docker-macvlan").waitFor();
    await instructor.getByRole("dialog").getByRole("button", { name: "Reset", exact: true }).click();
    const words = instructor.getByText(/Reset by undoing/);
    await words.waitFor({ timeout: 120_000 });
    t.diagnostic(/Reset by.*/.exec(await words.innerText())?.[0] ?? "");
    await instructor.getByRole("row", { name: /alice/ }).getByText("passed").waitFor();
    const ran = succeeds(
      await labwright(["class", "run", "--machine", "stapp01", "docker network ls -q -f name=news"]),
    );
    assert.equal(ran.output, "");
  });
});
