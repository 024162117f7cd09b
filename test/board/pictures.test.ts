import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import type { Task } from "../../src/board/labs.ts";
import type { Work } from "../../src/class/work.ts";
import { underTitle } from "../../src/exercises/under-title.ts";
import { packageFolder } from "../../src/paths.ts";
import { markdownNodes } from "../../src/ui/markdown-nodes.ts";
import { task } from "../support/board.ts";
import { assertNoViolations, button, useBoardPages } from "../support/board-pages.ts";
import { noChromium } from "../support/chromium.ts";

/** Writes docs/pictures again: `LABWRIGHT_PICTURES=1 node --test test/board/pictures.test.ts`. */
const isWanted = process.env.LABWRIGHT_PICTURES === "1";
const folder = join(packageFolder, "docs", "pictures");

const students = ["ada", "boris", "chen", "dilek", "emil", "fatima", "goran", "hanna"];
const names = ["docker-macvlan", "probes", "jobs", "static-pod"];

/** One of the product's exercises: its text, and the first heading as its title. */
async function real(exercise: string): Promise<Task> {
  const text = await readFile(join(packageFolder, "playbooks/exercises", exercise, "task.md"), "utf8");
  const title = /^# (.*)$/m.exec(text)?.[1] ?? exercise;
  return task(exercise, { title, text: markdownNodes(underTitle(title, text)), timeLimit: 1800 });
}
const tasks = await Promise.all(names.map(real));

/** So many minutes ago. */
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** What a student has done on an exercise: started and checked so many minutes ago, with goals that were right. */
const worked =
  (began: number, checks: readonly [minutes: number, right: number][], goals = 3) =>
  ({ grade }: Work): Work => {
    const right = Math.max(0, ...checks.map(([, one]) => one));
    const isPassed = right === goals;
    const state = {
      ...{ started: ago(began), hints: isPassed ? 0 : 1 },
      checks: checks.map(([minutes, one]) => ({
        at: ago(minutes),
        passed: one === goals,
        hints: 0,
        right: one,
      })),
      seen: [
        {
          goal: "The network",
          machine: "stapp01",
          task: "docker-network",
          verdict: "right" as const,
          words: [],
        },
        {
          ...{ goal: "Its address range", machine: "stapp01", task: "docker-network" },
          ...(isPassed
            ? { verdict: "right" as const, words: [] }
            : { verdict: "wrong" as const, words: ["the range is 172.28.0.0/16, not 172.28.0.0/24"] }),
        },
      ],
    };
    return {
      grade: {
        ...grade,
        ...{ state: isPassed ? "passed" : "started", attempts: checks.length, hints: state.hints },
        ...{ points: isPassed ? 10 : 0, of: 10, right, goals },
        ...(isPassed && { firstPass: ago(checks.at(-1)?.[0] ?? 0), at: ago(checks.at(-1)?.[0] ?? 0) }),
      },
      state,
    };
  };

const passed = worked(40, [[25, 3]]);
const stuck = worked(24, [
  [20, 1],
  [12, 1],
  [2, 1],
]);

describe("pictures of the pages", { skip: noChromium }, () => {
  const pages = useBoardPages(students, () => tasks);
  const { open } = pages;

  function work(): void {
    const { labs } = pages;
    labs.machines = ["jump_host", "stapp01"];
    for (const student of ["ada", "chen", "fatima", "hanna"]) labs.set(student, "docker-macvlan", passed);
    labs.set("ada", "probes", passed);
    labs.set("chen", "probes", worked(6, [[3, 2]]));
    labs.set("fatima", "probes", worked(4, []));
    labs.set("boris", "docker-macvlan", stuck);
    labs.set("dilek", "docker-macvlan", worked(9, [[4, 2]]));
    labs.set("emil", "docker-macvlan", stuck);
    labs.set("hanna", "probes", passed);
    labs.set("hanna", "jobs", worked(2, []));
  }

  async function picture(page: Page, name: string): Promise<void> {
    assert.ok(
      await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"),
      "nothing has to be scrolled sideways",
    );
    await assertNoViolations(page);
    if (!isWanted) return;
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }

  const size = { viewport: { width: 1280, height: 800 }, bypassCSP: true };

  test("the instructor's page shows who has passed, who works and who is stuck", async () => {
    work();
    const [page, emil] = await Promise.all([open("instructor", size), open("emil")]);
    await button(emil, "⚑ Raise your hand").click();
    await page.getByRole("row", { name: /ada/ }).getByText("passed").first().waitFor();
    await page.getByRole("row", { name: /boris/ }).getByText("stuck").waitFor();
    await page.getByRole("row", { name: /dilek/ }).getByText("working").waitFor();
    await page.getByText(/hand/i).first().waitFor();
    // Each lab is asked in its turn, which takes a while.
    if (isWanted)
      await page.getByText("not asked yet").first().waitFor({ state: "detached", timeout: 240_000 });
    await picture(page, "board-instructor");
  });

  test("the student's page shows the task beside the terminals", async () => {
    work();
    const page = await open("dilek", size);
    await page.getByRole("heading", { name: "A macvlan network for the news team" }).waitFor();
    await page.getByRole("tab", { name: "jump_host" }).click();
    await page.locator(".xterm").first().waitFor();
    for (const line of [
      "\x1b[92mthor@jump_host\x1b[0m:~$ ssh tony@stapp01\r\n",
      "tony@stapp01's password: \r\n",
      "\x1b[92mtony@stapp01\x1b[0m:~$ sudo -i\r\n",
      "\x1b[91mroot@stapp01\x1b[0m:~# docker network ls --filter driver=macvlan\r\n",
      "NETWORK ID     NAME      DRIVER    SCOPE\r\n",
      "4be0f2ad51c7   news      macvlan   local\r\n",
      "\x1b[91mroot@stapp01\x1b[0m:~# ",
    ])
      pages.labs.shells[0]?.stream.push(line);
    await page.locator(".xterm-rows").getByText("macvlan").first().waitFor();
    await picture(page, "board-student");
  });
});
