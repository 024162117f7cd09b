import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { type Facts, problemsOf, publishArguments } from "../../scripts/release/readiness.ts";

const ready: Facts = {
  status: "",
  branch: "main",
  tags: ["v0.0.9"],
  manifest: {
    name: "labwright",
    version: "0.1.0",
    repository: { url: "git+https://git.example/labwright.git" },
  },
  lockVersion: "0.1.0",
  changelog:
    "# Changelog\n\n## 0.1.0 (2026-11-29)\n\n### Added\n\n- Everything.\n\n## 0.0.9 (2026-01-01)\n\n- x\n",
  hasIdentity: false,
};

test("a release that is ready has no problem, and a real one needs an identity", () => {
  assert.deepEqual(problemsOf(ready, { publish: false }), []);
  assert.deepEqual(problemsOf({ ...ready, hasIdentity: true }, { publish: true }), []);
});

const cases: Record<string, [change: Partial<Facts>, message: RegExp]> = {
  "a changed file": [{ status: " M src/main.ts\n?? notes\n" }, /changes: src\/main.ts, notes$/],
  "another branch": [{ branch: "try" }, /the branch is try/],
  "no branch": [{ branch: "" }, /the branch is none/],
  "no version": [
    {
      manifest: { ...ready.manifest, version: "1" },
      lockVersion: "1",
      changelog: "## 1 (2026-11-29)\n- x\n",
    },
    /version 1, which is not/,
  ],
  "an older lock file": [{ lockVersion: "0.0.9" }, /package-lock.json has the version 0.0.9/],
  "a version that is tagged": [{ tags: ["v0.1.0"] }, /the tag v0.1.0 exists/],
  "no repository": [{ manifest: { name: "labwright", version: "0.1.0" } }, /no repository/],
  "no heading": [{ changelog: "# Changelog\n\n## 0.1.01 (2026-11-29)\n\n- x\n" }, /no heading 0.1.0$/],
  "an unreleased heading": [
    { changelog: "## 0.1.0 (unreleased)\n\n- x\n" },
    /no date for 0.1.0: 0.1.0 \(unreleased\)/,
  ],
  "no entry": [
    { changelog: "## 0.1.0 (2026-11-29)\n\n## 0.0.9 (2026-01-01)\n\n- x\n" },
    /no entry for 0.1.0/,
  ],
};

for (const [name, [change, message]] of Object.entries(cases))
  test(`release: ${name} is one problem, with a remedy`, () => {
    const [problem, ...others] = problemsOf({ ...ready, ...change }, { publish: false });
    assert.match(problem?.message ?? "", message);
    assert.match(problem?.remedy ?? "", /^[A-Z].*\.$/);
    assert.deepEqual(others, []);
  });

test("release: a computer without an identity cannot publish", () => {
  assert.match(problemsOf(ready, { publish: true })[0]?.message ?? "", /cannot prove/);
});

test("release: nothing is uploaded unless it is asked for", () => {
  assert.ok(publishArguments({ publish: false }).includes("--dry-run"));
  assert.ok(!publishArguments({ publish: true }).includes("--dry-run"));
  for (const publish of [true, false]) assert.ok(publishArguments({ publish }).includes("--provenance"));
});

const folder = mkdtempSync(join(tmpdir(), "labwright-release-"));
after(() => rmSync(folder, { recursive: true }));

/** Runs the script on a clone, with an npm that only notes how it was called. */
function run(name: string, facts: Partial<Facts>, ...options: string[]) {
  const clone = join(folder, name);
  const { manifest, lockVersion, changelog, branch } = { ...ready, ...facts };
  mkdirSync(join(clone, ".bin"), { recursive: true });
  writeFileSync(join(clone, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(clone, "package-lock.json"), JSON.stringify({ version: lockVersion }));
  writeFileSync(join(clone, "CHANGELOG.md"), changelog);
  writeFileSync(join(clone, ".gitignore"), ".bin\ncalls\n");
  writeFileSync(join(clone, ".bin/npm"), `#!/bin/sh\necho "npm $*" >>${join(clone, "calls")}\n`);
  chmodSync(join(clone, ".bin/npm"), 0o755);
  const git = (...words: string[]) =>
    spawnSync("git", ["-C", clone, "-c", "user.name=x", "-c", "user.email=x@x.example", ...words]);
  git("init", "--initial-branch", branch);
  git("add", ".");
  git("commit", "--message", "All");
  const { PATH, ACTIONS_ID_TOKEN_REQUEST_URL, SIGSTORE_ID_TOKEN, ...environment } = process.env;
  const script = join(import.meta.dirname, "../../scripts/release.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--folder", clone, ...options], {
    encoding: "utf8",
    env: { ...environment, PATH: `${join(clone, ".bin")}${delimiter}${PATH}` },
  });
  const calls = spawnSync("cat", [join(clone, "calls")], { encoding: "utf8" }).stdout;
  return { status, said: stdout + stderr, calls };
}

const dryRun = "npm publish --provenance --access public --dry-run\n";

test("release: a dry run tests and packs, and says that all is ready", () => {
  const { status, said, calls } = run("ready", {});
  assert.equal(calls, `npm test\n${dryRun}`, said);
  assert.match(said, /^ready: /m);
  assert.equal(status, 0);
});

test("release: a dry run shows every problem, goes on to the end, and fails", () => {
  const { status, said, calls } = run("wrong", { branch: "try", lockVersion: "0.0.9" }, "--skip-tests");
  assert.equal(calls, dryRun);
  assert.match(
    said,
    /the branch is try[\s\S]*package-lock.json has the version 0.0.9[\s\S]*would stop here: 2 problems/,
  );
  assert.equal(status, 1);
});

test("release: a real one stops before anything is built", () => {
  const { status, said, calls } = run("real", {}, "--publish");
  assert.equal(calls, "");
  assert.match(said, /cannot prove where[\s\S]*not released/);
  assert.equal(status, 1);
});

test("release: the workflow gives an identity, publishes only when asked, and runs the script", () => {
  const text = readFileSync(join(import.meta.dirname, "../../.github/workflows/release.yaml"), "utf8");
  assert.match(text, /id-token: write/);
  assert.match(text, /npm run release -- \$\{\{ inputs\.publish && '--publish' \|\| '' \}\}/);
  assert.match(text, /publish:\n[\s\S]*?default: false/);
});
