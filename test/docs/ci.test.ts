import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { readYaml } from "../../src/lab/yaml.ts";

/**
 * No npm package has the schemas of both services, so these are strict checks of the structure by hand, after the
 * services' own references: a key that is not known here, or at the wrong place, is an error.
 * https://docs.github.com/actions/reference/workflow-syntax-for-github-actions, https://docs.gitlab.com/ci/yaml/
 */
const root = join(import.meta.dirname, "../..");
const { version, scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const textOf = (name: string) => readFileSync(join(root, "docs/ci", name), "utf8");
const read = (name: string): unknown => readYaml(textOf(name), name).value;

/**
 * The majors of actions that run on a Node that GitHub's runners still have (24; 20 was removed on 2026-09-16): checkout
 * 7.0.1 (onomondo/onomondo-softsim-cli#115), setup-node 7.0.0 (actions/setup-node#1574 ff.), cache 6.1.0
 * (actions/cache#1773), upload-artifact 7.0.1 (gsd-build/get-shit-done#3716).
 */
const majors = new Map([
  ["actions/checkout", 7],
  ["actions/setup-node", 7],
  ["actions/cache", 6],
  ["actions/upload-artifact", 7],
]);

const uses = z.string().refine((used) => {
  const [name = "", major] = used.split("@v");
  return majors.get(name) === Number(major);
}, "an action that is not known here, or not in its current major");

const variables = z.record(z.string().regex(/^[A-Z_]+$/), z.string());
const secret = z.strictObject({ HCLOUD_TOKEN: z.literal("${{ secrets.HCLOUD_TOKEN }}") });

const githubStep = z.union([
  z.strictObject({
    uses,
    if: z.string().optional(),
    with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  }),
  z.strictObject({ name: z.string().optional(), run: z.string(), env: secret.optional() }),
]);

const githubJob = z.strictObject({
  if: z.string().optional(),
  "runs-on": z.literal("ubuntu-latest"),
  "timeout-minutes": z.int().min(1).max(360),
  // `queue` has been known since 2026-05 (actions/languageservices#355); without it a new run cancels the one that waits.
  concurrency: z.strictObject({ group: z.string(), queue: z.literal("max") }).optional(),
  steps: z.array(githubStep).min(1),
});

const smokeWorkflow = z.strictObject({
  name: z.literal("smoke"),
  on: z.strictObject({ pull_request: z.null() }),
  permissions: z.strictObject({ contents: z.literal("read") }),
  jobs: z.strictObject({ smoke: githubJob.required({ if: true, concurrency: true }) }),
});

const sweepWorkflow = z.strictObject({
  name: z.literal("sweep"),
  on: z.strictObject({
    schedule: z.tuple([z.strictObject({ cron: z.string().regex(/^\d+ \* \* \* \*$/) })]),
    workflow_dispatch: z.null(),
  }),
  permissions: z.strictObject({}),
  jobs: z.strictObject({ sweep: githubJob.omit({ concurrency: true, if: true }).strict() }),
});

const gitlabJob = z.strictObject({
  stage: z.string(),
  rules: z.array(z.strictObject({ if: z.string().startsWith("$CI_") })).length(1),
  resource_group: z.string().optional(),
  timeout: z.string().regex(/^\d+ minutes$/),
  cache: z.strictObject({ key: z.string(), paths: z.tuple([z.literal(".cache/labwright")]) }).optional(),
  script: z.array(z.string()).min(1),
  artifacts: z
    .strictObject({
      when: z.enum(["always", "on_success", "on_failure"]),
      paths: z.array(z.string()),
      reports: z.strictObject({ junit: z.string() }),
    })
    .optional(),
});

const pipeline = z.strictObject({
  stages: z.tuple([z.literal("test"), z.literal("sweep")]),
  default: z.strictObject({ image: z.literal("node:24-bookworm") }),
  variables,
  smoke: gitlabJob.required({ resource_group: true, cache: true }),
  sweep: gitlabJob.omit({ resource_group: true }).strict(),
});

test("the smoke workflow has its structure: current actions, one lab at a time, nothing cancelled", () => {
  const { smoke } = smokeWorkflow.parse(read("github-actions.yaml")).jobs;
  assert.equal(smoke.if, "github.event.pull_request.head.repo.full_name == github.repository");
  const cache = smoke.steps.find((step) => "uses" in step && step.uses.startsWith("actions/cache@"));
  assert.ok(cache && "with" in cache);
  assert.equal(cache.with?.path, "~/.cache/labwright");
});

test("sweeping is a separate workflow, which no pull request starts or cancels", () => {
  sweepWorkflow.parse(read("github-actions-sweep.yaml"));
});

test("the pipeline for GitLab CI has its structure, and every job a stage that there is", () => {
  const { stages, smoke, sweep } = pipeline.parse(read("gitlab-ci.yaml"));
  assert.deepEqual([smoke.stage, sweep.stage], stages);
  assert.match(
    smoke.rules[0]?.if ?? "",
    /\$CI_MERGE_REQUEST_SOURCE_PROJECT_PATH == \$CI_MERGE_REQUEST_PROJECT_PATH$/,
  );
});

test("the token goes only to the step that needs it", () => {
  const workflows = [read("github-actions.yaml"), read("github-actions-sweep.yaml")];
  for (const workflow of workflows) {
    const { env, jobs } = workflow as { env?: unknown; jobs: Record<string, { env?: unknown }> };
    assert.deepEqual([env, ...Object.values(jobs).map((job) => job.env)], [undefined, undefined]);
  }
});

/** `npx labwright`, however it goes on: whoever registers a name that is not pinned gets the token. */
const calls = (text: string) => [...text.matchAll(/\bnpx\b(.*?)\blabwright(\S*)/g)];

for (const file of globSync("*.yaml", { cwd: join(root, "docs/ci") }))
  test(`${file}: each labwright is this version, and each cache is this version's`, () => {
    const text = textOf(file);
    assert.ok(calls(text).length > 0);
    for (const [call, options, pin] of calls(text))
      assert.deepEqual([options, pin], [" --yes ", `@${version}`], call);
    for (const [, key = ""] of text.matchAll(/key(?:s)?: (labwright-\S*)/g))
      assert.ok(key.startsWith(`labwright-${version}`), key);
  });

test("every pinned labwright of the pages is this version", () => {
  for (const page of ["README.md", ...globSync("docs/*.md", { cwd: root })])
    for (const [call, pinned] of readFileSync(join(root, page), "utf8").matchAll(/labwright@([\d.]+)/g))
      assert.equal(pinned, version, `${page}: ${call}`);
});

test("every npm script that the pages name exists", () => {
  for (const page of ["README.md", "CONTRIBUTING.md", ...globSync("docs/*.md", { cwd: root })])
    for (const [, script = ""] of readFileSync(join(root, page), "utf8").matchAll(/\bnpm run ([\w:]+)/g))
      assert.ok(Object.hasOwn(scripts, script), `${page}: npm run ${script}`);
});
