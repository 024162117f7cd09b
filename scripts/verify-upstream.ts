import { appendFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { placesOf } from "../src/artifacts/upstream/places.ts";
import { kubernetesMinors } from "../src/versions.ts";
import { isDifferent, runChecks } from "./verify-upstream/check.ts";
import { checks } from "./verify-upstream/checks.ts";
import { cluster } from "./verify-upstream/cluster.ts";
import { asJson, asMarkdown, asText } from "./verify-upstream/report.ts";
import { openUpstream } from "./verify-upstream/upstream.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    "skip-cluster": { type: "boolean", default: false },
    minor: { type: "string", default: Object.keys(kubernetesMinors).at(-1) ?? "" },
  },
});

const upstream = await openUpstream({ minor: values.minor, places: placesOf({}) });
try {
  const results = await runChecks(checks, upstream, ({ name }) => console.error(`${name} …`));
  if (!values["skip-cluster"]) results.push(await cluster());
  process.stdout.write(values.json ? asJson(results) : `${asText(results)}\n`);
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) await appendFile(summary, asMarkdown(results));
  process.exitCode = isDifferent(results) ? 1 : 0;
} finally {
  await upstream.close();
}
