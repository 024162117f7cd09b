import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { takenFor } from "../support/other-node.ts";

/** What people get from npm: these files, and these dependencies on whatever Node they have. */
const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const [, oldest = ""] = />=(\d+\.\d+)/.exec(manifest.engines.node) ?? [];
let folder = "";
let main = "";

before(() => {
  folder = mkdtempSync(join(tmpdir(), "labwright-package-"));
  for (const project of ["tsconfig.build.json", "tsconfig.programs.json"])
    execFileSync(join(root, "node_modules/.bin/tsc"), [
      ...["-p", join(root, project), "--outDir", join(folder, "dist")],
    ]);
  // As the script `build` does.
  rmSync(join(folder, "dist/src"), { recursive: true });
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  copyFileSync(join(root, "package.json"), join(folder, "package.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  main = join(folder, "bin/labwright.cjs");
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the built command line on some Node, which may be told to take itself for another one. */
function run(node: string, version?: string) {
  const options = version === undefined ? [] : takenFor(version);
  return spawnSync(node, [...options, main, "--version"], { encoding: "utf8" });
}

const isRefusal = ({ status, stdout, stderr }: ReturnType<typeof run>, version: string) => {
  assert.equal(stdout, "");
  assert.equal(stderr.split("\n").length, 2, stderr);
  assert.ok(
    stderr.startsWith(`labwright needs Node ${oldest} or newer, and this is Node ${version}: `),
    stderr,
  );
  assert.equal(status, 2);
};

const [oldMajor = 0, oldMinor = 0] = oldest.split(".").map(Number);

test("a Node below package.json's engines is refused with one sentence", () => {
  for (const version of ["12.22.12", "20.20.2", `${oldMajor}.${oldMinor - 1}.9`])
    isRefusal(run(process.execPath, version), version);
});

test("the oldest Node of package.json's engines and newer ones are taken", () => {
  for (const version of [`${oldest}.0`, `${oldMajor + 1}.0.0`, "24.0.0", "26.1.0"]) {
    const { status, stdout, stderr } = run(process.execPath, version);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: `${manifest.version}\n`, stderr: "" });
  }
});

const system = ["/usr/bin/node", "/usr/local/bin/node"].flatMap((node) => {
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  const version = stdout?.trim().slice(1) ?? "";
  return version !== "" && Number(version.split(".")[0]) < oldMajor ? [{ node, version }] : [];
})[0];

test("an old Node that is really installed says the same", {
  skip: system === undefined && "this computer has no old Node",
}, () => {
  if (system) isRefusal(run(system.node), system.version);
});

test("the first file imports nothing before it has looked at Node's version", () => {
  const text = readFileSync(join(folder, "dist/main.js"), "utf8");
  assert.doesNotMatch(text, /^\s*import\s*[\w{*"]/m);
  assert.doesNotMatch(text, /\?\.|\?\?|\bawait\b|#[a-z]/);
});

test("every file that a built file imports is in the package", () => {
  const files = globSync("dist/**/*.js", { cwd: folder }).map((file) => join(folder, file));
  assert.ok(files.some((file) => file.endsWith("infra/pulumi/hetzner.js")));
  for (const file of files)
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/(?:\bfrom|\bimport\() ?"(\.[^"\n]*)"/g))
      assert.ok(existsSync(join(file, "..", name)), `${file} imports ${name}`);
});

test("every package that the sources import is declared as a dependency", () => {
  const builtin = new Set(builtinModules);
  const declared = new Set(Object.keys(manifest.dependencies));
  for (const file of globSync(["src/**/*.ts", "infra/pulumi/*.ts"], { cwd: root })) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, name = ""] of text.matchAll(/(?:\bfrom|\bimport\() ?"([^".\n][^"\n]*)"/g)) {
      const [first = "", second = ""] = name.split("/");
      const bare = first.startsWith("@") ? `${first}/${second}` : first;
      if (name.startsWith("node:") || builtin.has(bare)) continue;
      assert.ok(declared.has(bare), `${file} imports ${bare}`);
    }
  }
});

test("what messages and pages name is in the package", () => {
  for (const file of globSync("src/**/*.ts", { cwd: root })) {
    const text = readFileSync(join(root, file), "utf8").replaceAll(/^\s*(\/\/|\/?\*).*$/gm, "");
    for (const [, page = ""] of text.matchAll(/(?<![\w./-])(docs\/[\w/-]+\.(?:md|yaml))/g)) {
      assert.ok(manifest.files.includes("docs"), `${file} names ${page}`);
      assert.ok(globSync(page, { cwd: root }).length > 0, `${file} names ${page}, which does not exist`);
    }
  }
});
