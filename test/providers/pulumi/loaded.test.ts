import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { noComputers } from "../../cloud/computers.ts";
import { type CloudService, startCloud } from "../../cloud/service.ts";

const root = join(import.meta.dirname, "../../..");
let service: CloudService;
let folder: string;

before(async () => {
  service = await startCloud(noComputers());
  folder = await mkdtemp(join(tmpdir(), "labwright-test-loaded-"));
  const machines = "machines: [{ name: cp, role: control-plane }]";
  await writeFile(join(folder, "cloud.yaml"), `name: loaded\nprovider: pulumi\n${machines}\n`);
  await writeFile(
    join(folder, "aws.yaml"),
    `name: loaded\nprovider: pulumi\n${machines}\ncloud: { name: aws }\n`,
  );
  await writeFile(join(folder, "plain.yaml"), `name: loaded\n${machines}\n`);
});
after(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

/** The test does not see its user's settings for AWS. */
const withoutAws = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")),
);

/** The packages that a command of labwright has loaded. Of AWS there is nothing but an address where nobody answers. */
async function loadedBy(args: string[]): Promise<string[]> {
  const child = spawn(process.execPath, [join(root, "src/main.ts"), ...args], {
    cwd: folder,
    env: {
      ...withoutAws,
      NODE_OPTIONS: `--import ${join(root, "test/loaded.ts")}`,
      XDG_DATA_HOME: folder,
      KUBECONFIG: join(folder, "kubeconfig"),
      HCLOUD_TOKEN: service.token,
      HCLOUD_ENDPOINT: service.endpoint,
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  await new Promise((resolve) => child.on("close", resolve));
  const loaded = /^LOADED (.*)$/m.exec(output)?.[1]?.split(" ");
  assert.ok(loaded?.includes("commander"), `the list of loaded packages is there: ${output}`);
  return loaded ?? [];
}

const commands = [
  ["--help"],
  ["schema"],
  ["init", "new.yaml"],
  ["plan", "--file", "plain.yaml"],
  ["verify", "--file", "plain.yaml"],
  ["status", "--file", "plain.yaml"],
  // The cloud itself is asked for what there is, and removes it: Pulumi is for making.
  ["sweep"],
  ["plan", "--file", "cloud.yaml"],
  ["verify", "--file", "cloud.yaml"],
  ["down", "--file", "cloud.yaml"],
];

const heavy = /^(@pulumi\/|google-protobuf$|@aws-sdk\/|@smithy\/)/;

for (const args of commands)
  test(`\`labwright ${args.join(" ")}\` loads not one file of Pulumi or of AWS' clients`, async () => {
    const loaded = await loadedBy(args);
    assert.deepEqual(
      loaded.filter((name) => heavy.test(name)),
      [],
    );
  });

test("a lab in AWS is asked for with AWS' own client, and without Pulumi", async () => {
  const loaded = await loadedBy(["plan", "--file", "aws.yaml"]);
  assert.ok(loaded.includes("@aws-sdk/client-ec2"));
  assert.deepEqual(
    loaded.filter((name) => name.startsWith("@pulumi/")),
    [],
  );
});
