import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { setsIn } from "../../../src/commands/spare/shared.ts";
import { defaultLab } from "../../../src/lab/expand.ts";
import type { MachineSets, Provider } from "../../../src/providers/types.ts";
import { dockerLab } from "../../support/docker-lab.ts";

const lab = dockerLab();
const text = readFileSync(lab.file, "utf8");

test("a lab in a network that its file names has no spares, and says why", async () => {
  writeFileSync(lab.file, `${text}network: { subnet: 192.168.210.0/24 }\n`);
  lab.has();
  const { code, output, changes } = await lab.run(["spare", "add"]);
  assert.equal(code, 2, output);
  assert.match(
    output,
    /the lab "test" has no spares: its file gives its machines the network of `network\.subnet`/,
  );
  assert.deepEqual([changes, lab.written()], [[], []]);
});

test("whoever could take a spare does without where a lab can have none", () => {
  const sets: MachineSets = { list: async () => new Map(), remove: async () => [] };
  const provider = { sets } as unknown as Provider;
  const without = {} as Provider;
  assert.equal(setsIn({ lab: defaultLab(), provider }), sets);
  assert.equal(setsIn({ lab: defaultLab(), provider: without }), undefined);
  assert.equal(setsIn({ lab: { ...defaultLab(), machineSubnet: "192.168.210.0/24" }, provider }), undefined);
});

test("without a spare, the list says how to make one, and nothing is written", async () => {
  writeFileSync(lab.file, text);
  const { code, output } = await lab.run(["spare", "list"]);
  assert.deepEqual([code, output], [0, "There is no spare.\n`labwright spare add` makes one.\n"]);
  assert.deepEqual(lab.written(), []);
});
