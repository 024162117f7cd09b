import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { recordCreatedWith } from "../../src/lab/created-with.ts";
import { defaultLab } from "../../src/lab/expand.ts";
import { ensureLabId } from "../../src/lab/identity.ts";
import { labFolder } from "../../src/paths.ts";
import { useOwnDataFolder } from "../support/data-folder.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

useOwnDataFolder();

let folder = "";
before(async () => {
  folder = await temporaryFolder("list");
});

const main = join(import.meta.dirname, "../../src/main.ts");
const list = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "list", ...args], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return stdout;
};

/** A host on which nothing listens. */
const text = `name: hosts
provider: ssh
machines: [{ name: a, role: app-server, host: "127.0.0.1:1" }]
playbooks: []
`;

test("without labs, it says how to begin", () => {
  assert.equal(list(), "This computer has no labs. `labwright init` writes a lab file to start from.\n");
  assert.deepEqual(JSON.parse(list("--json")), []);
});

test("labs are listed with their states and lab files; a folder of something else is not", async () => {
  const file = join(folder, "lab.yaml");
  await writeFile(file, text);
  for (const name of ["hosts", "gone", "old"]) await ensureLabId(name);
  await recordCreatedWith({ ...defaultLab(), name: "hosts", provider: "ssh" }, file);
  await recordCreatedWith({ ...defaultLab(), name: "gone", provider: "docker" }, join(folder, "gone.yaml"));
  await writeFile(join(labFolder("old"), "created-with.json"), '{ "provider": "docker" }');
  await mkdir(labFolder("others"));
  const [head, ...rows] = list().trimEnd().split("\n");
  assert.match(head ?? "", /^LAB +PROVIDER +STATE +LAB FILE$/);
  assert.match(rows[0] ?? "", /^gone +docker +unknown: the lab file is gone +.*gone\.yaml$/);
  assert.match(rows[1] ?? "", new RegExp(`^hosts +ssh +.+ +${file}$`));
  assert.match(rows[2] ?? "", /^old +docker +unknown: an older labwright made it/);
  assert.equal(rows.length, 3);
  await rm(labFolder("old"), { recursive: true });
  const [gone, hosts] = JSON.parse(list("--json"));
  assert.deepEqual(Object.keys(gone), ["lab", "provider", "state", "file"]);
  assert.equal(hosts.file, file);
});
