import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { parseLab } from "../../src/lab/load.ts";

/** What `npx labwright` gives people: the packed package, installed into an empty folder from the registry. */
const root = join(import.meta.dirname, "../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
let folder = "";

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

before(() => {
  folder = mkdtempSync(join(tmpdir(), "labwright-packed-"));
  run("npm", "pack", root, "--silent");
  run("npm", "init", "--yes");
  run("npm", "install", "--no-audit", "--no-fund", `./labwright-${version}.tgz`);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const labwright = (...args: string[]) => run("npx", "labwright", ...args);

test("says its version", () => assert.equal(labwright("--version"), `${version}\n`));

test("writes a lab file that is right", () => {
  labwright("init");
  const text = readFileSync(join(folder, "lab.yaml"), "utf8");
  const parsed = parseLab(text, "lab.yaml", { knownPlaybooks: ["cluster", "nginx-nodeport"] });
  assert.ok("lab" in parsed, JSON.stringify(parsed));
});

test("finds its playbooks, exercises and schema", () => {
  assert.match(labwright("exercise", "list"), /docker-macvlan/);
  assert.ok(JSON.parse(labwright("schema")).properties.machines);
});

test("loads each of its modules with the dependencies that it declares", () => {
  const load = `
    import { globSync } from "node:fs";
    const files = globSync("node_modules/labwright/dist/**/*.js").filter((file) => !/dist\\/(main|start)\\.js$/.test(file));
    for (const file of files) await import("./" + file);
    process.stdout.write(String(files.length > 200));
    process.exit();`;
  assert.equal(run(process.execPath, "--input-type=module", "--eval", load), "true");
});
