import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { Command, lines, quoted, Secret, sh } from "../../src/hosts/sh.ts";

describe("a quoted word", () => {
  const golden: [string, string][] = [
    ["plain-word_1.2:/@%+=,", "plain-word_1.2:/@%+=,"],
    ["", "''"],
    ["two words", "'two words'"],
    ["it's", "'it'\\''s'"],
    ["'", "''\\'''"],
    ["$(id) `id` $HOME", "'$(id) `id` $HOME'"],
    ['a"b', `'a"b'`],
    ["back\\slash", "'back\\slash'"],
    ["line\nbreak", "'line\nbreak'"],
    ["~", "'~'"],
    ["*", "'*'"],
    ["#no comment", "'#no comment'"],
    ["é", "'é'"],
  ];
  for (const [word, expected] of golden)
    test(JSON.stringify(word), () => {
      assert.equal(quoted(word), expected);
    });

  test("cannot hold a NUL", () => {
    assert.throws(() => quoted("a\0b"), TypeError);
  });
});

describe("a command", () => {
  test("quotes strings, numbers and lists, and takes in commands as they are", () => {
    const inner = sh`wc -l ${"my file"}`;
    assert.equal(
      sh`cat ${["a b", "c", 3]} | ${inner} >${"/tmp/x y"}`.reveal(),
      "cat 'a b' c 3 | wc -l 'my file' >'/tmp/x y'",
    );
    assert.equal(sh`rm ${[]}`.reveal(), "rm ");
  });

  test("keeps the template's own backslashes", () => {
    assert.equal(sh`printf 'a\n%s' ${"x"} | sed 's/\./_/'`.reveal(), "printf 'a\\n%s' x | sed 's/\\./_/'");
  });

  test("shows a secret nowhere but to the shell", () => {
    const secret = new Secret("hush 'hush'");
    const command = lines([sh`login ${secret}`, sh`${sh`again ${secret}`}`]);
    assert.equal(command.shown, "login ***\nagain ***");
    assert.equal(command.reveal(), "login 'hush '\\''hush'\\'''\nagain 'hush '\\''hush'\\'''");
    assert.equal(`${command} ${JSON.stringify({ command, secret })}`.includes("hush"), false);
    assert.equal(command.mask("it was hush 'hush'!"), "it was ***!");
    assert.ok(command instanceof Command);
  });
});

/** A generator of the same numbers each time, so that a failure can be seen again: Park and Miller, 1988. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 48271) % 2147483647;
    yield state;
  }
}

const alphabet = [..." \t\n\r'\"\\$`!*?[]{}()<>|&;#~=%^-+,.:/@aZ09é漢🙂\u0001\u007f"];

function words(seed: number, count: number): string[] {
  const numbers = random(seed);
  const next = (below: number) => numbers.next().value % below;
  return Array.from({ length: count }, () =>
    Array.from({ length: next(20) }, () => alphabet[next(alphabet.length)]).join(""),
  );
}

describe("every shell reads the same words", () => {
  for (const shell of ["/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox"])
    test(shell, { skip: existsSync(shell) ? false : `${shell} is not installed` }, () => {
      const wanted = words(20_26, 3000);
      const command = sh`printf '%s\0' ${wanted}`;
      const args = shell.endsWith("busybox") ? ["sh", "-s"] : ["-s"];
      const { stdout } = spawnSync(shell, args, { input: command.reveal(), maxBuffer: 1e8 });
      assert.ok(stdout.equals(Buffer.from(`${wanted.join("\0")}\0`)));
    });
});
