import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

/** Literal translations that were replaced. "There is no X" and "is no longer" are English. */
const phrases: readonly RegExp[] = [
  /\bin vain\b/i,
  /\banew\b/i,
  /\bnothing to nothing\b/i,
  /\bwhat is so already\b/i,
  /\bwhat nobody can do\b/i,
  /\bnothing else to nobody\b/i,
  /\bas it stands\b/i,
  /\bleft alone: what\b/i,
  /(?<!\bthere )\b(is|are|was|were) no (?!longer\b)/i,
  /(?<!\binstead )\bof (its|their|his|her|our|your|one's) own\b/i,
  /\banswers not at all\b/i,
  /\bis not whole\b/i,
  /\bnames nothing that\b/i,
  /\bworks on it since\b/i,
  /\btells more\b/i,
];

/** Words for one thing that got the field's word; `in` limits a word that is an ordinary one elsewhere. */
const terms: readonly { was: RegExp; now: string; in?: RegExp; alias?: RegExp }[] = [
  { was: /\b(Scene|Site)\b/, now: "CheckContext, ApplyContext" },
  { was: /\b(Sight|Seen)\b(?=[;,>[({]| \{)/, now: "Observation" },
  { was: /\b(World|openWorld|Elsewhere\b(?=[<({[]))/, now: "Inventory, connectInventory, RemoteProbe" },
  { was: /\b(Stage|queues)\b/, now: "HostPlay, playsByHost", in: /^src\/engine\// },
  { was: /\b(Ground|grounds)\b/, now: "Prerequisites" },
  { was: /\b(Making|Keeping|Person)\b(?=[;,>[({]| \{)/, now: "CreateRequest, AccessInputs, Prompter" },
  { was: /\bFound\b(?=[;,>[({.]| \{)/, now: "MachineInfo" },
  { was: /\b(Thing|[dD]ialect)\b/, now: "CloudResource, ErrorCodes" },
  { was: /\b(giveBack|remember)[A-Z(]/, now: "backUp, restore" },
  { was: /\w*Workshop\b/, now: "ExerciseContext, BuildContext, ImageBuild" },
  {
    was: /\bname: "here"|\bon: \[?"?here\b/,
    now: "localhost",
    alias: /^(test\/playbooks\/on\.test\.ts|CHANGELOG\.md)$/,
  },
  { was: /\btake[ns]? down\b/, now: "recorded" },
  { was: /\bmachines' image\b/, now: "node image" },
  { was: /\bthings? of the cloud\b/, now: "cloud resource" },
  { was: /"LOOK"/, now: "MISSING" },
  {
    was: /\b(joined-node|kept-secret|wanted-objects|kube-answers|pods-heal)\b/,
    now: "node-joined-manually, secret-not-exposed, kube-objects, http-answers, replicaset-heals",
    alias: /^(src\/steps\/registry\.ts|test\/steps\/former-names\.test\.ts|CHANGELOG\.md)$/,
  },
];

/** File names that said nothing about their file, and the folders in which they did. */
const names: Readonly<Record<string, RegExp>> = {
  "things.ts": /^src\//,
  "dialect.ts": /^src\//,
  "kind.ts": /^src\//,
  "settle.ts": /^src\/providers\//,
  "caller.ts": /^src\//,
  "known.ts": /^src\//,
  "carries.ts": /^src\//,
  "before.ts": /^src\//,
  "leave.ts": /^src\//,
  "applied.ts": /^src\//,
  "give-back.ts": /^src\//,
};

const folders = ["src", "test", "docs", "playbooks", "templates", "examples", "scripts", "bench", "infra"];
const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];
const files = execFileSync("git", ["ls-files", "-z", ...folders, ...pages], { cwd: root, encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "" && existsSync(join(root, file)));

/**
 * Their phrases wait for the next change of the programs: if only a text changes, every computer still compiles the whole
 * module again (`sourcesIn` of src/artifacts/modules/component.ts).
 */
const compiled = [
  "calico/go.mod",
  "lab/cmd/calico-node-run/environment.go",
  "lab/cmd/calico-node-run/main.go",
  "lab/cmd/calico-node-run/supervisor.go",
].map((file) => `infra/modules/${file}`);

/** Scripts in infra/ have names without an ending. */
const isText = (file: string): boolean =>
  /\.(ts|md|yaml|sh|commands|toml|service|go|mod|json|txt)$|^infra\/[^.]+$/.test(file) &&
  !compiled.includes(file);

/** Every line of text files but of this one, which has to name what it forbids. */
const lines = files
  .filter((file) => isText(file) && !import.meta.filename.endsWith(file))
  .flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .map((text, index) => ({ file, place: `${file}:${index + 1}`, text })),
  );

test("no phrase that was replaced comes back", () => {
  assert.ok(files.length > 800, "the repository's files are listed");
  const found = lines.flatMap(({ place, text }) =>
    phrases.flatMap((phrase) => (phrase.test(text) ? [`${place}: ${phrase.exec(text)?.[0]}`] : [])),
  );
  assert.deepEqual(found, []);
});

test("no term that got the field's word is left outside compatibility aliases", () => {
  const found = terms.flatMap(({ was, now, in: within = /./, alias = /^$/ }) =>
    lines
      .filter(({ file, text }) => within.test(file) && !alias.test(file) && was.test(text))
      .map(({ place, text }) => `${place}: ${was.exec(text)?.[0]} is now ${now}`),
  );
  assert.deepEqual(found, []);
  const former = files.filter((file) => names[basename(file)]?.test(file));
  assert.deepEqual(former, []);
});
