import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sh } from "../src/hosts/sh.ts";
import { requireEngine } from "../src/providers/docker/engine.ts";
import { inSeconds } from "../src/wording.ts";
import { labwrightOn } from "./timed.ts";

/** What a student does in an afternoon. */
const damage = `
  kubectl() { command kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
  kubectl delete deployment nginx
  kubectl create namespace mess
  kubectl -n mess create deployment web --image docker.io/library/nginx:latest --replicas 2
  kubectl cordon w1
  echo more >>/etc/motd; rm /etc/profile; useradd -m mallory`;

const rounds = Number(process.argv[2] ?? 1);
const folder = await mkdtemp(join(tmpdir(), "labwright-bench-"));
const lab = join(folder, "lab.yaml");
await writeFile(lab, "name: bench-reset\n");
const { docker } = await requireEngine();
const labwright = labwrightOn(lab, { ...process.env, KUBECONFIG: join(folder, "kubeconfig"), CI: "true" });

const damaged = () => docker.run(sh`exec labwright-bench-reset.cp bash -c ${damage}`);

// The first `up` makes the node image.
await labwright("up");
for (let round = 1; round <= rounds; round++) {
  await labwright("spare", "add");
  await damaged();
  const reset = await labwright("reset");
  await damaged();
  const spare = await labwright("reset", "--spare");
  // It ends the run that makes the next spare.
  const down = await labwright("down");
  const again = down + (await labwright("up"));
  const share = (seconds: number): string => `${inSeconds(seconds)} (${(seconds / again).toFixed(2)})`;
  process.stdout.write(
    `down and up ${inSeconds(again)}; of that, reset ${share(reset)}, from a spare ${share(spare)}\n`,
  );
}
await labwright("down");
