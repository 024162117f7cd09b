import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { candidates } from "./alike-places.ts";
import { type Ran, runnerOf } from "./support.ts";

/** The same lab file with another runtime and network, wherever the machines come from. */
const lab = { name: "e2e-places", machines: ["cp", "w1"] };
const places = candidates.filter(({ provider }) => ["docker", "incus", "ssh"].includes(provider));
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "labwright-e2e-places-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const ok = ({ code, output }: Ran): void => assert.equal(code, 0, output);

for (const runtime of ["cri-o", "docker"])
  for (const { provider, skip, open } of places)
    test(`${runtime} and Flannel on ${provider}: built, verified, nothing left`, { skip }, async (t) => {
      const { host, env = {}, left, close } = await open(lab);
      const file = join(folder, `${provider}-${runtime}.yaml`);
      const at = (name: string) => (host ? `, host: ${host(name)}` : "");
      await writeFile(
        file,
        `name: ${lab.name}
machines:
  - { name: cp, role: control-plane${at("cp")} }
  - { name: w1, role: worker${at("w1")} }
cluster: { runtime: ${runtime}, network: { plugin: flannel } }
`,
      );
      const run = runnerOf(file, join(folder, `${provider}-${runtime}.kubeconfig`));
      const labwright = async (command: string): Promise<Ran> => {
        const ran = await run([command, "--provider", provider], { env });
        t.diagnostic(`${command}: ${ran.seconds.toFixed(0)} s`);
        return ran;
      };
      try {
        ok(await labwright("down"));
        ok(await labwright("up"));
        ok(await labwright("verify"));
        ok(await labwright("plan"));
        ok(await labwright("down"));
        assert.deepEqual(await left(), []);
      } finally {
        await labwright("down");
        await close?.();
      }
    });
