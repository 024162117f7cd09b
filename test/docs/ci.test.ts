import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { parseYaml } from "../../src/lab/yaml.ts";

/**
 * No npm package has the schemas of both services, so these are strict checks of the structure by hand, after the
 * services' own references: a key that is not known here, or at the wrong place, is an error.
 * https://docs.github.com/actions/reference/workflow-syntax-for-github-actions, https://docs.gitlab.com/ci/yaml/
 */
const folder = join(import.meta.dirname, "../../docs/ci");

function read(name: string): { text: string; value: unknown } {
  const text = readFileSync(join(folder, name), "utf8");
  const parsed = parseYaml(text, name);
  assert.ok("document" in parsed, JSON.stringify(parsed));
  return { text, value: parsed.document.value };
}

const variables = z.record(z.string().regex(/^[A-Z_]+$/), z.string());
const name = z.string().regex(/^[a-z][a-z0-9-]*$/);

const githubStep = z.union([
  z.strictObject({
    uses: z.string().regex(/^[\w.-]+\/[\w.-]+@v\d+$/),
    if: z.string().optional(),
    with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  }),
  z.strictObject({ name: z.string().optional(), run: z.string() }),
]);

const github = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    pull_request: z.null(),
    schedule: z.array(z.strictObject({ cron: z.string().regex(/^[\d*/,-]+( [\d*/,-]+){4}$/) })),
  }),
  permissions: z.record(z.enum(["contents"]), z.enum(["read", "write", "none"])),
  concurrency: z.strictObject({ group: z.string(), "cancel-in-progress": z.boolean() }),
  env: variables,
  jobs: z.record(
    name,
    z.strictObject({
      if: z.string(),
      "runs-on": z.literal("ubuntu-latest"),
      "timeout-minutes": z.int().min(1).max(360),
      steps: z.array(githubStep).min(1),
    }),
  ),
});

const gitlabJob = z.strictObject({
  stage: z.string(),
  rules: z.array(z.strictObject({ if: z.string().startsWith("$CI_") })),
  resource_group: z.string().optional(),
  timeout: z.string().regex(/^\d+ minutes$/),
  script: z.array(z.string()).min(1),
  artifacts: z
    .strictObject({
      when: z.enum(["always", "on_success", "on_failure"]),
      paths: z.array(z.string()),
      reports: z.strictObject({ junit: z.string() }),
    })
    .optional(),
});

const gitlab = z
  .object({ stages: z.array(name), default: z.strictObject({ image: z.string() }) })
  .catchall(gitlabJob);

test("the workflow for GitHub Actions has its structure, and every secret is one of the service's", () => {
  const { text, value } = read("github-actions.yaml");
  const { jobs } = github.parse(value);
  assert.deepEqual(Object.keys(jobs), ["smoke", "sweep"]);
  for (const [, secret] of text.matchAll(/HCLOUD_TOKEN: (.*)/g))
    assert.match(secret ?? "", /^\$\{\{ secrets\./);
});

test("the pipeline for GitLab CI has its structure, and every job a stage that there is", () => {
  const { stages, default: _, ...jobs } = gitlab.parse(read("gitlab-ci.yaml").value);
  for (const job of Object.values(jobs)) assert.ok(stages.includes(gitlabJob.parse(job).stage));
});
