import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { candidates, type Place } from "./alike-places.ts";
import { outputOf, type Ran, runnerOf } from "./support.ts";

/** One machine with a size, and what it can use of the computer: seen from inside, and changed while it runs. */
const name = "e2e-sizes";
const places = candidates.filter(({ provider }) => ["docker", "incus", "ssh"].includes(provider));

for (const { provider, skip, open } of places)
  describe(`sizes on ${provider}`, { skip }, () => {
    let folder: string;
    let place: Place;
    const isOwn = provider !== "ssh";

    const labwright = (args: string[]): Promise<Ran> =>
      runnerOf(join(folder, "lab.yaml"), join(folder, "kubeconfig"))(args, { env: place.env ?? {} });
    const succeeds = (...args: string[]): Promise<string> => outputOf({ labwright }, args);
    const inside = (script: string): Promise<Ran> => labwright(["ssh", "stapp01", script]);
    const write = (size: string): Promise<void> =>
      writeFile(
        join(folder, "lab.yaml"),
        `name: ${name}
provider: ${provider}
machines:
  - name: stapp01
    role: app-server
    user: tony
    sudo: password
${place.host ? `    host: ${place.host("stapp01")}\n` : ""}${size.replace(/^/gm, "    ")}
playbooks: []
`,
      );

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), `labwright-${name}-`));
      place = await open({ name, machines: ["stapp01"] });
      await write("");
      await labwright(["down"]);
    });
    after(async () => {
      await labwright(["down"]);
      assert.deepEqual(await place.left(), []);
      await place.close?.();
      await rm(folder, { recursive: true });
    });

    test("what is larger than the computer is refused with figures, and nothing is made", async () => {
      await write("memory: 9000Gi");
      const { code, output } = await labwright(["up"]);
      assert.notEqual(code, 0, output);
      assert.match(
        output,
        isOwn ? /9000\.0 GiB of memory .*and [\d.]+ GiB are available/ : /stapp01 has .*memory/,
      );
      if (isOwn) assert.deepEqual(await place.left(), []);
    });

    /** Whether a process can have so many MiB. */
    const canHave = async (mebibytes: number): Promise<boolean> =>
      (await inside(`head -c ${mebibytes}M /dev/zero | tail >/dev/null; exit \${PIPESTATUS[1]}`)).code === 0;

    test("a machine has what the lab file says, and no more", async () => {
      const disk = provider === "incus" ? "\ndisk: 3Gi" : "";
      await write(isOwn ? `cpus: 1\nmemory: 300Mi\nprocesses: 1024${disk}` : "memory: 64Mi");
      await succeeds("up");
      assert.match(await succeeds("up"), /Nothing to do/);
      if (!isOwn) return;
      assert.ok(await canHave(100));
      assert.ok(!(await canHave(500)));
      const busy = "for one in 1 2 3; do timeout 4 sh -c 'while :; do :; done' & done; wait; times";
      const { output: times } = await inside(busy);
      const [, minutes, seconds] = /.*\n(\d+)m([\d.]+)s/.exec(times) ?? [];
      const used = Number(minutes) * 60 + Number(seconds);
      assert.ok(used > 0 && used < 5.5, `three loops of four seconds had ${used} s of a processor: ${times}`);
      const forks = await inside("for one in $(seq 1500); do sleep 20 & done; echo all");
      assert.match(forks.output, /fork|Resource temporarily unavailable/);
      if (disk === "") return;
      const written = await inside("dd if=/dev/urandom of=/tmp/large bs=1M count=4000; rm /tmp/large");
      assert.match(written.output, /No space left|quota exceeded/i);
    });

    test("another size is a change that `plan` names, and the machine goes on with it", {
      skip: isOwn ? false : "an existing host is not changed",
    }, async () => {
      const booted = await inside("cat /proc/1/stat");
      await write("cpus: 2\nmemory: 700Mi\nprocesses: 2048");
      const plan = await labwright(["plan"]);
      assert.equal(plan.code, 3, plan.output);
      assert.match(plan.output, /stapp01/);
      await succeeds("up");
      assert.ok(await canHave(500));
      const startOf = ({ output }: Ran) => output.split(" ")[21];
      assert.equal(startOf(await inside("cat /proc/1/stat")), startOf(booted), "it was not started again");
      assert.match(await succeeds("plan"), /Nothing to do/);
    });
  });
