import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRun } from "../src/activity/tree.ts";
import { openArtifacts } from "../src/artifacts/open.ts";
import { calicoManifest } from "../src/components/network/calico/release.ts";
import { sh } from "../src/hosts/sh.ts";
import { requireEngine } from "../src/providers/docker/engine.ts";
import { findPower } from "../src/providers/docker/machine.ts";
import { defaultMinor, releasesOf } from "../src/versions.ts";
import { inSeconds } from "../src/wording.ts";
import { labwrightOn, timed } from "./timed.ts";

const rounds = Number(process.argv[2] ?? 1);
const folder = await mkdtemp(join(tmpdir(), "labwright-bench-"));
const lab = join(folder, "lab.yaml");
const manifest = join(folder, "calico.yaml");
await writeFile(lab, "name: bench\n");
const engine = await requireEngine();
const socket = engine.docker.socket === undefined ? {} : { DOCKER_HOST: `unix://${engine.docker.socket}` };
const env = { ...process.env, ...socket, KUBECONFIG: join(folder, "kubeconfig"), CI: "true" };
const labwright = labwrightOn(lab, env);

// The first `up` makes the node image, which both sides then start from.
await labwright("up");
await labwright("down");
const [image = ""] = await engine.docker.list(sh`images labwright/node --format {{.Repository}}:{{.Tag}}`);
const artifacts = await openArtifacts({
  choice: "auto",
  mirrors: {},
  kubernetesVersion: defaultMinor,
  needs: { programs: [], images: [] },
});
const { text } = await startRun("manifest", [], (activity) => artifacts.manifest(calicoManifest, activity));
await writeFile(manifest, text);
const naive = {
  ...env,
  POWER: (await findPower(engine, image)).filter((flag) => !/rwm|device-cgroup-rule/.test(flag)).join("\t"),
  VERSION: releasesOf(defaultMinor).kubernetes,
  DRIVER: engine.facts.cgroupVersion === "1" ? "cgroupfs" : "systemd",
};
const volume = `labwright-images-${image.split(":")[1]}`;

for (let round = 1; round <= rounds; round++) {
  const ours = await labwright("up");
  const again = await labwright("up");
  await labwright("down");
  const theirs = await timed(join(import.meta.dirname, "naive.sh"), [image, volume, manifest], naive);
  process.stdout.write(
    `up ${inSeconds(ours)}, second up ${inSeconds(again)}, plain script ${inSeconds(theirs)}: up takes ${(ours / theirs).toFixed(2)} of the script's time\n`,
  );
}
