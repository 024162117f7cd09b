import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Lab } from "../../../src/lab/types.ts";
import { sudoPasswords, sudoPasswordVariable } from "../../../src/providers/ssh/sudo-passwords.ts";

const folder = mkdtempSync(join(tmpdir(), "lwtest-sudo-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const machine = { role: "worker", user: "tony", sudo: "password" } as const;
const lab = {
  machines: [
    { ...machine, name: "cp" },
    { ...machine, name: "w" },
  ],
} as unknown as Lab;
const both = (password: string) =>
  new Map([
    ["cp", password],
    ["w", password],
  ]);
const file = (name: string, text: string, mode = 0o600): string => {
  writeFileSync(join(folder, name), text, { mode });
  return join(folder, name);
};

test("no machine's sudo asks: nobody is asked", async () => {
  const quiet = { machines: [{ ...machine, sudo: "passwordless" }] } as unknown as Lab;
  const askSecret = () => assert.fail("asked");
  assert.deepEqual(await sudoPasswords(quiet, { askSecret, sudoPasswordFile: "/none" }), new Map());
});

test("without file, variable and terminal there is an error that names all three", async () => {
  await assert.rejects(sudoPasswords(lab, {}), {
    code: "sudo-password",
    message: /^cp, w: .*sudo asks tony/,
    remedy: /--sudo-password-file FILE.*LABWRIGHT_SUDO_PASSWORD.*terminal/,
  });
});

test("the file comes first, then the variable, then the person", async () => {
  const questions: string[] = [];
  const askSecret = async (question: string) => {
    questions.push(question);
    return "typed";
  };
  assert.deepEqual(await sudoPasswords(lab, { askSecret }), both("typed"));
  assert.deepEqual(questions, ["sudo password of tony on cp, w: "]);
  process.env[sudoPasswordVariable] = "from outside";
  assert.deepEqual(await sudoPasswords(lab, { askSecret }), both("from outside"));
  assert.equal(process.env[sudoPasswordVariable], undefined, "programs that we start would inherit it");
  assert.deepEqual(await sudoPasswords(lab, { askSecret }), both("from outside"));
  const sudoPasswordFile = file("right", "in 'the' file \n");
  assert.deepEqual(await sudoPasswords(lab, { askSecret, sudoPasswordFile }), both("in 'the' file "));
  assert.equal(questions.length, 1);
});

test("lines of file and variable are one machine's each, where there are several, or the one names a machine", async () => {
  const told = new Map([
    ["cp", "the: 'first' "],
    ["w", "#two"],
  ]);
  const lines = [...told].map(([name, password]) => `${name}: ${password}`).join("\r\n");
  const sudoPasswordFile = file("each", `${lines}\r\n`);
  assert.deepEqual(await sudoPasswords(lab, { sudoPasswordFile }), told);
  process.env[sudoPasswordVariable] = lines;
  assert.deepEqual(await sudoPasswords(lab, {}), told);
  const alone = { machines: [lab.machines[0]] } as Lab;
  const one = file("alone", "cp: hush\n");
  assert.deepEqual(await sudoPasswords(alone, { sudoPasswordFile: one }), new Map([["cp", "hush"]]));
  const other = file("other", "x: hush\n");
  assert.deepEqual(await sudoPasswords(alone, { sudoPasswordFile: other }), new Map([["cp", "x: hush"]]));
  process.env[sudoPasswordVariable] = "";
});

test("a person is asked once for each user", async () => {
  const machines = [...lab.machines, { ...machine, name: "stapp02", user: "steve" }];
  const askSecret = async (question: string) => question;
  assert.deepEqual(
    await sudoPasswords({ machines } as unknown as Lab, { askSecret }),
    new Map([
      ...both("sudo password of tony on cp, w: "),
      ["stapp02", "sudo password of steve on stapp02: "],
    ]),
  );
});

test("a file that others can read, or that holds no one line, is refused, and not shown", async () => {
  for (const [path, remedy] of [
    [file("open", "hush\n", 0o644), /chmod 600/],
    [file("long", "hush\nhush\n"), /one line for each machine/],
    [file("half", "cp: hush\nhush: \n"), /one line for each machine/],
    [file("lacking", "cp: hush\nelse: hush\n"), /Add a line/],
    [file("one", "w: hush\n"), /Add a line/],
    [file("empty", "\n"), /one line/],
    [join(folder, "none"), /that you can read/],
  ] as const)
    await assert.rejects(sudoPasswords(lab, { sudoPasswordFile: path }), (error) => {
      assert.ok(error instanceof Error && "remedy" in error);
      assert.match(String(error.remedy), remedy);
      assert.ok(!error.message.includes("hush"));
      return true;
    });
});

const script = "/usr/bin/script";
const child = join(import.meta.dirname, "sudo-passwords-child.ts");

test("on a terminal the password is asked for and not shown; Ctrl-C ends it", {
  skip: existsSync(script) ? false : "no script(1)",
}, async () => {
  // What is typed before the question is there would be shown by the terminal itself.
  const type = async (input: string) => {
    const running = spawn(script, ["-qec", `'${process.execPath}' '${child}'`, "/dev/null"], {
      env: { ...process.env, OUT: join(folder, "typed") },
    });
    let shown = "";
    running.stdout.on("data", (chunk) => {
      if (!shown.includes("password: ") && `${shown}${chunk}`.includes("password: "))
        running.stdin.write(input);
      shown += chunk;
    });
    const code = await new Promise((resolve) => running.once("close", resolve));
    return { shown, code };
  };
  const typed = await type("huxh\x7f\x7fsh\r");
  assert.deepEqual(typed, { shown: "sudo password: \r\n", code: 0 });
  assert.equal(readFileSync(join(folder, "typed"), "utf8"), "hush");
  assert.deepEqual(await type("hus\x03"), { shown: "sudo password: \r\n", code: 130 });
});
