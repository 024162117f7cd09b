import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Candidate, candidates } from "./alike-places.ts";
import { type Report, shapeOf } from "./smoke-report.ts";
import { jumpMachines, type Ran, runnerOf } from "./support.ts";

/** One lab, by every provider in turn. What is kept of each: its status, and the report of its smoke test. */
interface Observed {
  status: unknown;
  report: Report;
}

const name = "alike";
const workers = ["w1", "w2"];
const machines = ["cp", ...workers, "jump_host", "stapp01"];
const seen = new Map<string, Observed>();
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-e2e-alike-"));
});
after(() => rm(folder, { recursive: true, force: true }));

for (const candidate of candidates) {
  const { provider, skip } = candidate;
  test(`the lab is built, verified, proven and taken away on ${provider}`, { skip }, async (t) => {
    seen.set(provider, await see(candidate, (text) => t.diagnostic(text)));
  });
}

async function see({ provider, open }: Candidate, tell: (text: string) => void): Promise<Observed> {
  const { host, env = {}, left, close } = await open({ name, machines });
  const file = join(folder, `${provider}.yaml`);
  await writeFile(file, `name: ${name}\n${jumpMachines({ workers, ...(host && { host }) })}`);
  const run = runnerOf(file, join(folder, `${provider}.kubeconfig`));
  const labwright = async (args: string[]): Promise<Ran> => {
    const ran = await run([...args, "--provider", provider], { env });
    tell(`${args[0]}: ${ran.seconds.toFixed(0)} s`);
    return ran;
  };
  try {
    ok(await labwright(["down"]));
    ok(await labwright(["up"]));
    assert.notDeepEqual(await left(), []);
    ok(await labwright(["verify"]));
    const status = await labwright(["status", "--json"]);
    ok(status);
    const [junit, summary] = ["xml", "md"].map((end) => join(folder, `${provider}.${end}`)) as [
      string,
      string,
    ];
    const reports = ["--junit", junit, "--summary", summary, "--json"];
    const smoke = await labwright(["smoke", "--exercise", "docker-macvlan", ...reports]);
    ok(smoke);
    assert.deepEqual(await left(), []);
    const texts = { junit: await readFile(junit, "utf8"), summary: await readFile(summary, "utf8") };
    return { status: JSON.parse(status.output), report: { ...texts, lines: smoke.output } };
  } finally {
    if (!process.env.LABWRIGHT_KEEP) {
      await labwright(["down"]);
      await close?.();
    }
  }
}

const ok = ({ code, output }: Ran): void => assert.equal(code, 0, output);

test("status says the same of every lab, but for addresses, the provider and when certificates end", (t) => {
  const [first, ...others] = [...seen].map(
    ([provider, { status }]) => [provider, withoutPlaces(status)] as const,
  );
  if (!first || others.length === 0) return t.skip("fewer than two providers were seen");
  assert.match(JSON.stringify(first[1]), /"kube-apiserver":"ok"/);
  for (const [provider, status] of others) assert.deepEqual(status, first[1], `${provider} and ${first[0]}`);
});

/** A status without what belongs to one provider, or to the moment at which the lab was made. */
const withoutPlaces = (status: unknown): unknown =>
  JSON.parse(
    JSON.stringify(status, (key, value) =>
      ["provider", "address", "first"].includes(key) ? undefined : value,
    ),
  );

test("smoke writes the same report of every lab, but for the provider, times and costs", (t) => {
  const [first, ...others] = [...seen].map(([provider, { report }]) => [provider, shapeOf(report)] as const);
  if (!first || others.length === 0) return t.skip("fewer than two providers were seen");
  for (const [provider, shape] of others) assert.deepEqual(shape, first[1], `${provider} and ${first[0]}`);
});
