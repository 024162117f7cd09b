import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { Swept } from "../../src/commands/sweep.ts";
import { makeLab } from "./lab.ts";
import { findMoto, type Moto, startMoto } from "./moto.ts";

const found = await findMoto();
const skip = "missing" in found && found.missing;
const main = join(import.meta.dirname, "../../src/main.ts");
let moto: Moto;
let folder: string;
let environment: NodeJS.ProcessEnv;

before(async () => {
  if ("missing" in found) return;
  moto = await startMoto(found.python);
  folder = await mkdtemp(join(tmpdir(), "labwright-test-aws-"));
  const others = Object.entries(process.env).filter(([name]) => !/^(AWS|HCLOUD)_/.test(name));
  environment = {
    ...Object.fromEntries(others),
    XDG_DATA_HOME: folder,
    KUBECONFIG: join(folder, "kubeconfig"),
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
  };
  const machines = "machines: [{ name: cp, role: control-plane }]";
  const file = join(folder, "lab.yaml");
  await writeFile(file, `name: live\nprovider: pulumi\n${machines}\ncloud: { name: aws, size: t3.large }\n`);
  await makeLab(client("eu-central-1"), "live", ["cp"]);
  await makeLab(client("us-west-2"), "forgotten", ["cp"], "20200101T000000Z");
  await makeLab(client("us-east-2"), "kept", ["cp"], "keep-2");
});
after(async () => {
  await moto?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const client = (region: string) =>
  new EC2Client({
    region,
    endpoint: moto.endpoint,
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
  });

async function labwright(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: environment });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}
describe("commands and a lab in AWS", { skip }, () => {
  test("a lab of another folder is named and left alone until it is adopted", async () => {
    for (const command of ["plan", "status", "down"]) {
      const { code, output } = await labwright(command);
      assert.equal(code, 1, output);
      assert.match(output, /another lab "live" exists, which carries the id .*server labwright-live-cp/);
    }
    const { code, output } = await labwright("adopt", "--yes");
    assert.equal(code, 0, output);
    assert.match(output, /server labwright-live-cp/);
  });

  test("plan says what cannot be told of the price, and status what there is", async () => {
    const plan = await labwright("plan");
    assert.match(plan.output, /cp .*cannot be logged in to: the lab's key is not in /);
    assert.match(plan.output, /Costs money, for 1 servers of the type t3\.large in eu-central-1.*pricing/);
    const status = JSON.parse((await labwright("status", "--json")).output);
    assert.match(JSON.stringify(status), /10\.88\.0\.10/);
  });

  test("sweep lists what has our tags in every region, and removes what has expired and nothing else", async () => {
    const { code, output } = await labwright("sweep", "--delete", "--json");
    assert.equal(code, 0, output);
    const rows: Swept[] = JSON.parse(output);
    assert.deepEqual(new Set(rows.map(({ cloud }) => cloud)), new Set(["aws"]));
    const labs = (some: Swept[]) => some.map(({ lab }) => lab).sort();
    assert.deepEqual(labs(rows.filter(({ removed }) => removed)), Array(6).fill("forgotten"));
    const left = rows.filter(({ removed }) => !removed);
    assert.deepEqual(labs(left), [...Array(6).fill("kept"), ...Array(6).fill("live")]);
    const unread = left.filter(({ unreadable }) => unreadable === "keep-2");
    assert.deepEqual(labs(unread), Array(6).fill("kept"));
    const { output: text } = await labwright("sweep", "--delete", "--lab", "kept");
    assert.match(text, /kept .*not ours to delete: labwright-expiry is "keep-2"/);
  });

  test("down removes the lab, without any state and without Pulumi", async () => {
    const { code, output } = await labwright("down");
    assert.equal(code, 0, output);
    const { Vpcs = [] } = await client("eu-central-1").send(new DescribeVpcsCommand({}));
    assert.deepEqual(
      Vpcs.map(({ IsDefault }) => IsDefault),
      [true],
    );
  });

  test("without credentials for any cloud sweep says what to give", async () => {
    delete environment.AWS_ACCESS_KEY_ID;
    const { code, output } = await labwright("sweep");
    assert.equal(code, 2);
    assert.match(output, /HCLOUD_TOKEN, or AWS credentials in AWS_PROFILE/);
  });
});
