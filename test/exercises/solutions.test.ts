import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { emptyStore } from "../../src/artifacts/lazy.ts";
import { localHost } from "../../src/hosts/local.ts";
import { sh } from "../../src/hosts/sh.ts";
import { type KubeObject, meansSame, valuesAt } from "../../src/kubernetes/objects.ts";
import { readYaml } from "../../src/lab/yaml.ts";
import { loadStep } from "../../src/steps/registry.ts";

const root = join(import.meta.dirname, "../..");
const folders = globSync("{playbooks,examples/*}/exercises/*/exercise.yaml", { cwd: root }).map(dirname);

/** What a solution has to tell of steps whose parameters do not say it. */
const words: Record<string, readonly RegExp[]> = {
  "control-plane-works": [/systemctl enable --now kubelet/],
  "etcd-restored": [/kubectl delete namespace/, /etcdutl snapshot restore/, /readyz/],
  "etcd-snapshot": [/etcdctl .*snapshot save/, /etcdutl snapshot status .* -w json/],
  "etcd-space": [/ compact /, / defrag/, / alarm disarm/],
  "kubeadm-upgrade": [/kubeadm upgrade node/, /kubectl drain w1/, /restart kubelet/, /kubectl uncordon w1/],
  "kubelet-client-valid": [/kubeadm certs renew apiserver-kubelet-client/],
  "kubelet-config": [/kubeadm upgrade node|\/var\/lib\/kubelet\/config\.yaml/, /systemctl restart kubelet/],
  "made-during-outage": [/create configmap logbook/],
  "no-failed-request": [/readinessProbe/, /set image/, /rollout restart deployment\/customer/],
  "node-joined-manually": [/kubeadm token create --print-join-command/, /kubeadm join /],
  "pod-evicted": [/systemctl stop kubelet/, /systemctl start kubelet/],
  "pod-released": [/label pod /],
  "replicaset-heals": [/delete pod|kubectl drain/],
  "volume-outlives-pod": [/delete pod/],
};

interface Graded {
  object: string;
  as: string;
  at: string | string[];
  is?: unknown;
}
interface KubeObjects {
  objects: { metadata: { name: string } }[];
  graded?: Graded[];
}
/** Values that the cluster writes into objects. */
const laterKnown = ["volume"];

interface Play {
  tasks: (string | Record<string, object>)[];
}

const isKubeObjects = (params: object): params is KubeObjects =>
  "objects" in params && Array.isArray(params.objects) && typeof params.objects[0] === "object";

/** Texts and numbers anywhere in a value. */
function leaves(value: unknown): string[] {
  if (typeof value === "string" || typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [];
}

/** What a task's apply is about: names of objects and values that are graded, or all parameters. */
function subjects(params: object): string[] {
  if (!isKubeObjects(params)) return leaves(params);
  const graded = (params.graded ?? []).filter(({ at }) => !String(at).startsWith("status"));
  return [...params.objects.map(({ metadata }) => metadata.name), ...graded.flatMap(({ is }) => leaves(is))];
}

/** The tasks that `solve` applies, with their parameters. */
async function solvedBy(goal: readonly Play[]): Promise<{ name: string; params: object }[]> {
  const all = goal.flatMap(({ tasks }) => tasks);
  const named = all.map((task): [string, object] =>
    typeof task === "string" ? [task, {}] : (Object.entries(task)[0] ?? ["", {}]),
  );
  const bound = await Promise.all(
    named.map(async ([name, params]) => ({
      ...{ name, params },
      step: (await loadStep(name))?.bind(params, emptyStore),
    })),
  );
  return bound.filter(({ step }) => step?.apply !== undefined);
}

for (const folder of folders) {
  const text = (file: string) => readFileSync(join(root, folder, file), "utf8");
  const exercise = () => readYaml(text("exercise.yaml"), folder).value as { setup: Play[]; goal: Play[] };
  const commands = () =>
    [...text("solution.md").matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, one]) => one ?? "");

  test(`${basename(folder)}: the solution is a title, commands, and why they work`, async () => {
    const lines = text("solution.md").trimEnd().split("\n");
    assert.ok(lines.length >= 8 && lines.length <= 48, `${lines.length} lines`);
    assert.match(lines[0] ?? "", /^# \S/);
    assert.equal(commands().length, 1);
    assert.ok(lines.filter((line) => line.startsWith("- ")).length >= 2, "reasons");
    for (const block of commands()) {
      const { code, stderr } = await localHost().run(sh`bash -n -c ${block}`, { accept: "any" });
      assert.deepEqual([code, stderr], [0, ""]);
    }
  });

  test(`${basename(folder)}: the solution names what solve makes and changes`, async () => {
    const { setup, goal } = exercise();
    const before = new Set(leaves(setup));
    const solution = text("solution.md");
    const tasks = await solvedBy(goal);
    assert.ok(tasks.length > 0);
    for (const { name, params } of tasks) {
      const names = isKubeObjects(params) ? params.objects.map(({ metadata }) => metadata.name) : [];
      // Values that the setup has already are not the student's work, and a whole file is not quoted.
      const changed = subjects(params).filter((one) => !before.has(one) && !one.includes("\n"));
      for (const one of [...names, ...changed]) assert.ok(solution.includes(one), `${name}: ${one}`);
      for (const one of words[name] ?? []) assert.match(commands().join("\n"), one, name);
    }
  });

  test(`${basename(folder)}: its patches are JSON, and its manifests have the values that are graded`, async () => {
    const block = commands().join("\n");
    for (const [, json = ""] of block.matchAll(/--patch '([^']*)'/g))
      assert.doesNotThrow(() => JSON.parse(json), json);
    const manifests = [...block.matchAll(/<<'?END'?\n([\s\S]*?)^END$/gm)].flatMap(([, yaml = ""]) =>
      yaml.split(/^---$/m).map((document) => {
        // A loop's variables stand for names, of which each has another value.
        const { value } = readYaml(document.replaceAll(/\$\{\w+[^}]*\}|\$\w+/g, "1"), folder);
        assert.ok(typeof value === "object" && value !== null, document);
        return value as Partial<KubeObject>;
      }),
    );
    const tasks = await solvedBy(exercise().goal);
    const graded = tasks.flatMap(({ params }) => (isKubeObjects(params) ? (params.graded ?? []) : []));
    for (const { object, at, is, as } of graded) {
      const path = typeof at === "string" ? at.split(".") : at;
      const manifest = manifests.find(
        ({ kind, metadata }) => `${kind?.toLowerCase()}/${metadata?.name}` === object,
      );
      if (!manifest || is === undefined || path[0] === "status" || laterKnown.includes(as)) continue;
      const values = valuesAt(manifest, path);
      const implied = values.length === 0 && path.join(".") === "spec.replicas" && is === 1;
      assert.ok(implied || values.some((value) => meansSame(value, is)), `${object}: ${as}`);
    }
  });
}

test("every exercise is looked at", () => {
  assert.ok(folders.length >= 31, `${folders.length}`);
});
