import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "node:test";
import { stepNames } from "../src/steps/registry.ts";

const root = join(import.meta.dirname, "..");

async function sources(folder = "src"): Promise<{ file: string; text: string }[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.map(async (file) => ({ file: relative(root, file), text: await readFile(file, "utf8") })),
  );
}

const imports = (text: string): string[] =>
  [...text.matchAll(/(?:from|import\() ?"([^"]+)"/g)].flatMap(([, name]) => name ?? []);

/** One library, one door. */
const doors: Record<string, RegExp> = {
  ssh2: /^src\/hosts\//,
  listr2: /^src\/ui\//,
  marked: /^src\/ui\//,
  "js-yaml": /^src\/lab\/yaml/,
  execa: /^src\/(hosts\/local|artifacts\/program)\.ts$/,
  commander: /^src\/program\.ts$/,
  "tar-stream": /^src\/artifacts\/(images\/|regular-files\.ts$)/,
  undici: /^src\/http\//,
  openpgp: /^src\/artifacts\/upstream\/release\.ts$/,
  "xz-decompress": /^src\/artifacts\/upstream\/deb\.ts$/,
  "ipaddr.js": /^src\/lab\//,
  "@aws-sdk/client-ec2": /^src\/providers\/pulumi\/aws\//,
};

const pulumiDoor = /^src\/providers\/pulumi\/(stack|engine)\.ts$/;

test("each library is imported behind its own door only", async () => {
  for (const { file, text } of await sources()) {
    for (const name of imports(text)) {
      const door = name.startsWith("@pulumi/") ? pulumiDoor : doors[name];
      if (door) assert.match(file, door, `${file} imports ${name}`);
      assert.notEqual(name, "zx", `${file}: zx is for the repository's own scripts`);
    }
  }
});

/** Scripts use the product's doors, but for what the product does not do. */
const scriptDoors: Record<string, RegExp> = {
  zx: /./,
  openpgp: /^scripts\/verify-upstream\/signatures\.ts$/,
  "tar-stream": /^scripts\/verify-upstream\/layers\.ts$/,
  semver: /^scripts\/verify-upstream\/packages\.ts$/,
};

test("scripts reach libraries through the product, and nothing in the product reaches a script", async () => {
  for (const { file, text } of await sources("scripts")) {
    for (const name of imports(text)) {
      if (!/^(node:|\.)/.test(name)) assert.match(file, scriptDoors[name] ?? /^$/, `${file} imports ${name}`);
    }
    assert.ok(text.split("\n").length <= 400, `${file} is too long`);
  }
  for (const { file, text } of await sources())
    for (const name of imports(text))
      assert.doesNotMatch(name, /\/(scripts|bench|test)\//, `${file} imports ${name}`);
});

test("the engine knows no step, no provider, no terminal and no command", async () => {
  for (const { file, text } of await sources()) {
    if (!file.startsWith("src/engine/")) continue;
    for (const name of imports(text)) {
      const allowed =
        !/\/(providers|ui|commands)\//.test(name) &&
        (!name.includes("/steps/") || name.endsWith("/registry.ts"));
      assert.ok(allowed, `${file} imports ${name}`);
    }
  }
});

/** A terminal of a machine is passed through as it is; a Node that is too old cannot load the door. */
const writers = /^src\/(ui\/.*|main|hosts\/terminal)\.ts$/;

test("only src/ui writes to the terminal, where what others wrote is made visible", async () => {
  for (const { file, text } of await sources())
    if (!writers.test(file))
      assert.doesNotMatch(
        text,
        /process\.(stdout|stderr)\.write|console\./,
        `${file} writes past src/ui/print.ts`,
      );
});

test("no file is over 400 lines", async () => {
  for (const { file, text } of await sources()) {
    assert.ok(text.split("\n").length <= 400, `${file} is too long`);
  }
});

test("a step's name is its file, and every file in src/steps is a registered step", async () => {
  const files = (await readdir(join(root, "src/steps"))).filter(
    (name) => name.endsWith(".ts") && name !== "registry.ts",
  );
  assert.deepEqual(files.map((name) => name.replace(".ts", "")).sort(), stepNames().sort());
});

test("--help loads neither schema nor SSH nor YAML", () => {
  const trace = execFileSync(process.execPath, ["--trace-uncaught", join(root, "src/main.ts"), "--help"], {
    encoding: "utf8",
    env: { ...process.env, NODE_DEBUG: "", NODE_OPTIONS: `--import ${join(root, "test/loaded.ts")}` },
  });
  const loaded = /^LOADED (.*)$/m.exec(trace)?.[1]?.split(" ") ?? [];
  assert.ok(loaded.includes("commander"), "the list of loaded packages is there");
  for (const heavy of ["zod", "ssh2", "js-yaml", "listr2", "execa", "undici", "openpgp"])
    assert.ok(!loaded.includes(heavy), `--help loads ${heavy}`);
});
