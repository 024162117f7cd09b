import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";
import { emptyStore } from "../src/artifacts/lazy.ts";
import { addContext } from "../src/kubeconfig/context.ts";
import { loadStep, stepNames } from "../src/steps/registry.ts";
import { lab } from "./kubeconfig/samples.ts";
import { circles, foldersOf, type Imports } from "./support/imports.ts";
import type { StepCases } from "./support/step-cases.ts";

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
  ws: /^src\/board\//,
  listr2: /^src\/ui\//,
  marked: /^src\/ui\//,
  "js-yaml": /^src\/lab\/yaml(-problems)?\.ts$/,
  yaml: /^src\/(lab\/yaml-source|kubeconfig\/layout)\.ts$/,
  "qrcode-generator": /^src\/ui\/qr\.ts$/,
  "csv-parse/sync": /^src\/class\/student-list\.ts$/,
  execa: /^src\/(hosts\/local|local\/program)\.ts$/,
  commander: /^src\/program(-class|-completion|-options)?\.ts$/,
  "@bomb.sh/tab/commander": /^src\/program-completion\.ts$/,
  "tar-stream": /^src\/(artifacts\/(images\/|regular-files\.ts$)|snapshots\/file\/archive\.ts$)/,
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

/** What writes where a half-written file does no harm, or with a draft that is named in its own way. */
const ownDrafts = [
  /^src\/(local\/|artifacts\/|commands\/|snapshots\/file\/write\.ts$|session\/etcd-snapshots\.ts$)/,
  /^src\/baseline\/contents\.ts$/,
];

test("what a killed run was writing is there as it was, or whole", async () => {
  for (const { file, text } of await sources())
    if (!ownDrafts.some((known) => known.test(file)))
      assert.doesNotMatch(text, /writeFile\(/, `${file}: src/local/text-file.ts writes a file whole`);
});

/** Scripts use the product's doors, but for what the product does not do. */
const scriptDoors: Record<string, RegExp> = {
  zx: /./,
  zod: /^scripts\/steps-page\//,
  openpgp: /^scripts\/verify-upstream\/signatures\.ts$/,
  "tar-stream": /^scripts\/verify-upstream\/layers\.ts$/,
  semver: /^scripts\/(verify-upstream\/packages|release\/readiness)\.ts$/,
};

test("the repository's own scripts run programs with zx", async () => {
  for (const { file, text } of [...(await sources("scripts")), ...(await sources("bench"))])
    assert.ok(!imports(text).includes("node:child_process"), `${file} imports node:child_process`);
});

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

/**
 * The rooms of src/, from the bottom to the top, and the rooms that each may import from: arrows only point down. The files
 * directly in src/ are the ground that all stand on, but for those of the command line, which are the roof.
 */
const layers: Record<string, readonly string[]> = {
  ground: [],
  local: ["ground"],
  http: ["ground", "local"],
  activity: ["ground"],
  lab: ["ground", "local", "http"],
  hosts: ["ground"],
  engine: ["ground", "activity", "lab", "hosts"],
  kubeconfig: ["ground", "local", "lab"],
  artifacts: ["ground", "local", "http", "activity", "lab", "hosts", "engine"],
  linux: ["ground", "http", "activity", "lab", "hosts", "engine", "artifacts"],
  kubernetes: ["ground", "lab", "hosts", "engine", "artifacts", "linux"],
  components: ["ground", "lab", "hosts", "engine", "artifacts", "linux", "kubernetes"],
  docker: ["ground", "lab", "hosts", "artifacts", "linux", "kubernetes", "components"],
  recording: ["ground", "lab", "hosts", "engine", "artifacts", "linux", "kubernetes", "components", "docker"],
  baseline: ["ground", "local", "lab", "hosts", "engine", "artifacts", "recording"],
  steps: [
    ...["ground", "lab", "hosts", "engine", "kubeconfig", "artifacts"],
    ...["linux", "kubernetes", "components", "docker"],
  ],
  playbooks: ["ground", "lab", "engine", "artifacts", "steps"],
  providers: [
    ...["ground", "local", "http", "activity", "lab", "hosts", "engine", "artifacts"],
    ...["linux", "kubernetes", "components", "playbooks"],
  ],
  exercises: [
    ...["ground", "local", "activity", "lab", "hosts", "engine", "artifacts"],
    ...["linux", "kubernetes", "components", "docker", "recording", "playbooks"],
  ],
  snapshots: ["ground", "local", "lab", "baseline", "exercises", "providers"],
  spares: ["ground", "local", "lab", "baseline"],
  ui: ["ground", "activity", "providers"],
  session: [
    ...["ground", "local", "http", "activity", "lab", "hosts", "engine", "artifacts"],
    ...["kubernetes", "components", "recording", "baseline", "playbooks", "providers", "exercises"],
    ...["snapshots", "spares", "ui"],
  ],
  class: ["ground", "local", "lab", "providers", "exercises"],
  board: ["ground", "local", "activity", "lab", "hosts", "exercises", "ui", "class"],
  commands: [
    ...[
      "ground",
      "class",
      "board",
      "http",
      "activity",
      "lab",
      "hosts",
      "engine",
      "kubeconfig",
      "artifacts",
      "kubernetes",
      "components",
    ],
    ...[
      "recording",
      "baseline",
      "playbooks",
      "providers",
      "exercises",
      "snapshots",
      "spares",
      "ui",
      "session",
    ],
  ],
  roof: ["ground", "ui", "session", "commands"],
};

const roof = /^src\/(main|program(-class|-completion|-options)?|start)\.ts$/;

function roomOf(file: string): string {
  const [, room = "", ...rest] = file.split("/");
  if (rest.length > 0) return room;
  return roof.test(file) ? "roof" : "ground";
}

/** Which files of src/ each file imports, types included. */
async function importsWithin(): Promise<Imports> {
  const all = await sources();
  const files = new Set(all.map(({ file }) => file));
  return new Map(
    all.map(({ file, text }) => {
      const near = imports(text).filter((name) => name.startsWith("."));
      return [file, near.map((name) => normalize(join(dirname(file), name))).filter((one) => files.has(one))];
    }),
  );
}

test("the table of layers names every room once, and its own arrows point down", async () => {
  const rooms = [...new Set((await sources()).map(({ file }) => roomOf(file)))];
  assert.deepEqual(rooms.sort(), Object.keys(layers).sort());
  for (const [index, [room, below]] of Object.entries(layers).entries())
    for (const one of below)
      assert.ok(Object.keys(layers).slice(0, index).includes(one), `${room} stands below ${one}`);
});

test("arrows between rooms point down, as the table of layers says", async () => {
  for (const [file, imported] of await importsWithin())
    for (const other of imported) {
      const [from, to] = [roomOf(file), roomOf(other)];
      assert.ok(from === to || layers[from]?.includes(to), `${file} imports ${other}: ${from} → ${to}`);
    }
});

test("neither files nor folders import each other in a circle, types included", async () => {
  const within = await importsWithin();
  assert.deepEqual(circles(within), []);
  assert.deepEqual(circles(foldersOf(within)), []);
});

/**
 * Besides a runtime's own folder: the list of what is available, the Docker engine's own containerd, formats and words of
 * registries that containerd reads and prints, and the tour, which asks a machine whichever runtime it has.
 */
const namesContainerd = [
  /^src\/components\/runtime\/(containerd|docker)\//,
  /^src\/(lab\/available|artifacts\/components)\.ts$/,
  /^src\/(docker|steps\/docker)\//,
  /^src\/artifacts\/(images|upstream)\//,
  /^src\/steps\/exercise\/architecture-tour\.ts$/,
];

test("what is known of containerd is in its own folder", async () => {
  for (const { file, text } of await sources())
    if (!namesContainerd.some((one) => one.test(file))) assert.doesNotMatch(text, /containerd/, file);
});

test("a room is named after what is in it: no folder is called shared, common or util", async () => {
  for (const { file } of await sources())
    assert.doesNotMatch(file, /\/(shared|common|utils?|helpers?|misc)\//, file);
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
  const files = (await sources("src/steps")).map(({ file }) => file);
  const steps = files.filter((file) => dirname(file) !== "src/steps");
  assert.deepEqual(steps.map((file) => basename(file, ".ts")).sort(), stepNames().sort());
});

test("each step has its own test file, and cases of every kind", async () => {
  for (const { file } of await sources("src/steps")) {
    if (dirname(file) === "src/steps") continue;
    const name = basename(file, ".ts");
    const beside = join(root, dirname(file).replace("src", "test"), name);
    const own = await readFile(`${beside}.test.ts`, "utf8").catch(() => "");
    assert.match(own, /^testCases\(import\.meta\.filename, cases\);$/m, `${file} has no test file`);
    const { cases }: { cases: StepCases } = await import(`${beside}.cases.ts`);
    const step = (await loadStep(name))?.bind(cases.params ?? {}, emptyStore);
    const has = (what: object | undefined) => Object.keys(what ?? {}).length > 0;
    // A step that only refuses has nothing against a fresh machine.
    const onlyRefuses = step?.refuse !== undefined && step.apply === undefined;
    assert.equal(cases.fresh.differences.length === 0, onlyRefuses, `${file}: a fresh machine differs`);
    assert.ok(!onlyRefuses || has(cases.refuse), `${file}: cases of refuse`);
    assert.ok(has(cases.right) && has(cases.wrong), `${file}: a right machine, and a wrong one`);
    if (cases.changesThisComputer) continue;
    assert.equal(has(cases.apply), step?.apply !== undefined, `${file}: cases of apply`);
    assert.equal(has(cases.undo), step?.undo !== undefined, `${file}: cases of undo`);
  }
});

/** The packages that a program loads. */
function loadedBy(...args: string[]): string[] {
  const trace = execFileSync(process.execPath, ["--trace-uncaught", ...args], {
    encoding: "utf8",
    env: { ...process.env, NODE_DEBUG: "", NODE_OPTIONS: `--import ${join(root, "test/loaded.ts")}` },
  });
  return /^LOADED (.*)$/m.exec(trace)?.[1]?.split(" ") ?? [];
}

test("--help loads neither schema nor SSH nor YAML", () => {
  const loaded = loadedBy(join(root, "src/main.ts"), "--help");
  assert.ok(loaded.includes("commander"), "the list of loaded packages is there");
  for (const heavy of ["zod", "ssh2", "js-yaml", "yaml", "listr2", "execa", "undici", "openpgp"])
    assert.ok(!loaded.includes(heavy), `--help loads ${heavy}`);
});

/** The YAML libraries that a call of an exported function loads. */
function yamlLoadedBy(file: string, name: string, ...values: unknown[]): string[] {
  const call = `${name}(${values.map((value) => JSON.stringify(value)).join(", ")})`;
  const script = `import { ${name} } from ${JSON.stringify(join(root, file))}; ${call};`;
  return loadedBy("--input-type=module", "--eval", script).filter((one) => one.endsWith("yaml"));
}

test("a YAML text without problems is read without the library that knows positions", () => {
  assert.deepEqual(yamlLoadedBy("src/lab/yaml.ts", "parseYaml", "a: 1\n", "x"), ["js-yaml"]);
  assert.deepEqual(yamlLoadedBy("src/lab/yaml.ts", "parseYaml", "a: 1\na: 2\n", "x"), ["js-yaml", "yaml"]);
});

test("a kubeconfig that has the lab's context already is compared without that library", () => {
  const file = "src/kubeconfig/context.ts";
  assert.deepEqual(yamlLoadedBy(file, "addContext", addContext("", lab()), lab()), ["js-yaml"]);
  assert.deepEqual(yamlLoadedBy(file, "addContext", "", lab()), ["js-yaml", "yaml"]);
});
