import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { tag } from "../../src/providers/pulumi/tags.ts";
import { noComputers } from "../cloud/computers.ts";
import { type CloudService, startCloud } from "../cloud/service.ts";
import { interrupt } from "../support/interrupted.ts";

let service: CloudService;
before(async () => {
  service = await startCloud(noComputers());
  for (const [id, lab, expiry] of [
    [1, "old", "20200101T000000Z"],
    [2, "new", "20990101T000000Z"],
    [3, "odd", "keep-2"],
  ] as const) {
    const labels = { [tag.lab]: lab, [tag.owner]: "bob", [tag.expiry]: expiry };
    service.cloud.things.ssh_keys.set(id, { id, name: `labwright-${lab}`, labels, created: "" });
  }
});
after(() => service.close());

const cloudless = Object.fromEntries(
  Object.keys(process.env).flatMap((name) => (/^(AWS|HCLOUD)_/.test(name) ? [[name, undefined]] : [])),
);

/** `labwright sweep ARGS`, and what of the cloud it has asked to be changed. */
async function sweep(args: string[], withToken = true) {
  service.calls.length = 0;
  const { endpoint, token } = service;
  const env = { ...cloudless, ...(withToken && { HCLOUD_TOKEN: token, HCLOUD_ENDPOINT: endpoint }) };
  const ended = await interrupt({ args: ["sweep", ...args], env, until: async () => {}, by: [] });
  return { ...ended, changes: service.calls.filter((call) => !call.startsWith("GET ")) };
}

test("sweep without credentials: exit 2, with the variables to set", async () => {
  const { code, output } = await sweep([], false);
  assert.equal(code, 2, output);
  assert.match(output, /no credentials for any cloud/);
  assert.match(output, /HCLOUD_TOKEN/);
});

test("sweep lists what there is, and since when it has expired, and removes nothing", async () => {
  const { code, output, changes } = await sweep([]);
  assert.equal(code, 0, output);
  assert.match(output, /^old +hetzner +\S+ +labwright-old +bob +2020-01-01T00:00:00\.000Z +expired$/m);
  assert.match(output, /^new .* 2099-01-01T00:00:00\.000Z *$/m);
  assert.match(output, /^odd .*not ours to delete: labwright-expiry is "keep-2"$/m);
  assert.match(output, /\n1 have expired: `labwright sweep --delete` removes them\.\n$/);
  assert.deepEqual(changes, []);
});

test("sweep --lab --json: only that lab's, as one document", async () => {
  const { code, output } = await sweep(["--lab", "new", "--json"]);
  assert.equal(code, 0, output);
  const rows = JSON.parse(output);
  assert.deepEqual(
    rows.map(({ name, expired, removed }: Record<string, unknown>) => [name, expired, removed]),
    [["labwright-new", false, false]],
  );
});

test("sweep --delete removes what has expired by a time of ours, and nothing else", async () => {
  const { code, output, changes } = await sweep(["--delete"]);
  assert.equal(code, 0, output);
  assert.match(output, /^old .*removed$/m);
  assert.deepEqual(changes, ["DELETE /ssh_keys/1"]);
  assert.deepEqual([...service.cloud.things.ssh_keys.keys()], [2, 3]);
});
