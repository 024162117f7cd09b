import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { localHost } from "../../src/hosts/local.ts";
import { Docker } from "../../src/providers/docker/docker.ts";
import { guardLack, keepGuard, removeGuard } from "../../src/providers/docker/guard.ts";
import { fakeDocker } from "../support/fake-docker.ts";
import { lab } from "../support/steps.ts";

/** Notes what it is told to change; the rules are never ready if a test says so. */
const fake = fakeDocker(`
case "$*" in
  *inspect*) exit 1 ;;
  *"seq 50"*) echo "wait $2" >>"$DIR/changes"; [ ! -e "$DIR/never" ] ;;
  logs*) echo 'the kernel has no iptables' ;;
  run*) echo "run$(printf '%s' "$*" | grep -o ' labwright/[^ ]*')$(printf '%s' "$*" | grep -o ' -i br-[^ ]*')" >>"$DIR/changes" ;;
  *) echo "$*" >>"$DIR/changes" ;;
esac
`);
const docker = new Docker(localHost());
beforeEach(() => writeFile(join(fake.folder, "changes"), ""));
const changes = async (): Promise<string[]> =>
  (await readFile(join(fake.folder, "changes"), "utf8")).split("\n").filter(Boolean);

const resource = (engineId: string) => ({ engineId, name: engineId, set: "1", claim: { what: engineId } });
const networks = [resource("0123456789abcdef")];
const guard = (state: string, bridge = "br-0123456789ab") => ({ ...resource("g1"), state, bridge });
const isolated = { ...lab, isolated: true as const };
const more = { image: "labwright/machine:1", labels: {} };

test("a guard is right if it runs, for the bridge that the lab's network has now", () => {
  assert.equal(guardLack(isolated, { guards: [guard("running")], networks }), undefined);
  assert.equal(guardLack(lab, { guards: [], networks }), undefined);
  const without = "is not kept from the computer that runs it";
  for (const guards of [[], [guard("exited")], [guard("running", "br-ffffffffffff")]])
    assert.equal(guardLack(isolated, { guards, networks }), without);
  assert.match(
    guardLack(lab, { guards: [guard("exited")], networks }) ?? "",
    /and the lab file does not say so$/,
  );
});

test("a guard of a network that is gone is removed with its rules before another one starts", async () => {
  await keepGuard(docker, isolated, { guards: [guard("running")], networks, ...more });
  assert.deepEqual(await changes(), []);
  await keepGuard(docker, isolated, { guards: [guard("running", "br-ffffffffffff")], networks, ...more });
  assert.deepEqual(await changes(), [
    ...["stop g1", "rm --force --volumes g1", "run labwright/machine:1 -i br-0123456789ab"],
    `wait labwright-${lab.name}.guard.iptables`,
  ]);
});

test("one that was killed has left its rules: it sets them up once more before it is stopped", async () => {
  await removeGuard(docker, guard("exited"));
  assert.deepEqual(await changes(), ["start g1", "wait g1", "stop g1", "rm --force --volumes g1"]);
});

test("a kernel that has no rules is an error, with what the container said", async () => {
  await writeFile(join(fake.folder, "never"), "");
  await assert.rejects(keepGuard(docker, isolated, { guards: [], networks, ...more }), {
    code: "isolation-failed",
    output: "the kernel has no iptables",
  });
});
